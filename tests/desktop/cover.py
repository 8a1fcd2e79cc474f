"""A green window that covers the screen. Run as a process, which ends with its input."""

import sys
import threading

from qtpy.QtCore import QTimer
from qtpy.QtGui import QColor, QPalette
from qtpy.QtWidgets import QApplication, QWidget

app = QApplication(sys.argv)
cover = QWidget()
palette = QPalette()
palette.setColor(QPalette.ColorRole.Window, QColor(0, 255, 0))
cover.setPalette(palette)
cover.setGeometry(0, 0, 1280, 800)
cover.show()
cover.raise_()
ended = threading.Event()


def wait() -> None:
    """Waits for the end of the input."""
    sys.stdin.read()
    ended.set()


threading.Thread(target=wait, daemon=True).start()
watch = QTimer()
watch.timeout.connect(lambda: app.quit() if ended.is_set() else None)
watch.start(50)
app.exec()
