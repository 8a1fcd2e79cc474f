"""Images: their size, a thumbnail, and a view that every model takes. Bombs are refused before they unpack."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from actors.documents.reading import Reading, UnreadableError

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 50_000_000
THUMBNAIL_PIXELS = 480
VIEW_PIXELS = 2_000
"""Anthropic takes no more on a side where there are many images; all providers shrink larger ones anyway."""

MAX_VIEW_BYTES = 3_750_000
"""Anthropic takes 5 MB of base64."""

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF")
SHOWN_BY_MODELS = frozenset({"PNG", "JPEG", "GIF", "WEBP"})
ORIENTATION = 0x0112


def read_image(path: Path, media_type: str) -> Reading:
    """The size of an image; `thumbnail` and, where models do not take the file itself, `view` are made beside it.

    Raises:
        UnreadableError: it has too many pixels.
        Exception: it is damaged; whatever the decoder raises.
    """
    from PIL import Image, ImageOps  # noqa: PLC0415  (in the child process alone)

    Image.MAX_IMAGE_PIXELS = None  # the bound below is a lower one, with words for people
    with Image.open(path, formats=FORMATS) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise UnreadableError(
                f"The image has {width:,} × {height:,} pixels, more than {MAX_PIXELS:,}. Make a smaller copy."
            )
        is_turned = image.getexif().get(ORIENTATION, 1) not in {0, 1}
        is_taken = (
            image.format in SHOWN_BY_MODELS
            and max(width, height) <= VIEW_PIXELS
            and path.stat().st_size <= MAX_VIEW_BYTES
            and not getattr(image, "is_animated", False)
            and not is_turned
        )
        if is_turned and image.getexif()[ORIENTATION] >= 5:
            width, height = height, width
        image.draft("RGB", (VIEW_PIXELS, VIEW_PIXELS))
        image.load()
        upright = ImageOps.exif_transpose(_plain(image, VIEW_PIXELS))
    if not is_taken:
        path.with_name("view").write_bytes(_view(upright))
    upright.thumbnail((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS))
    upright.save(path.with_name("thumbnail"), "WEBP", quality=80, method=4)
    return Reading(media_type=media_type, width=width, height=height)


def _plain(image: Image.Image, pixels: int) -> Image.Image:
    """The first frame, shrunk, in colours that every format can hold; it keeps what tells how it is turned."""
    exif = image.getexif()
    if image.mode.startswith("I;16"):  # a conversion would cut off all that is brighter than 1/256
        image = image.point(lambda value: value / 256).convert("L")
    has_alpha = "A" in image.getbands() or "transparency" in image.info
    plain = image.convert("RGBA" if has_alpha else "RGB")
    plain.thumbnail((pixels, pixels))
    plain.info = {"exif": exif.tobytes()} if ORIENTATION in exif else {}
    return plain


def _view(image: Image.Image) -> bytes:
    """PNG where it is see-through and not too large, else JPEG on white."""
    from PIL import Image as images  # noqa: N813, PLC0415

    buffer = io.BytesIO()
    if image.mode == "RGBA":
        image.save(buffer, "PNG")
        if buffer.tell() <= MAX_VIEW_BYTES:
            return buffer.getvalue()
        ground = images.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        image, buffer = ground, io.BytesIO()
    image.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()
