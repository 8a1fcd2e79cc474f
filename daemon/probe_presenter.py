"""A provider's answer to a probe, as the API and `stagent doctor` show it."""

from __future__ import annotations

from actors.models import LABELS
from actors.probing import Answer
from daemon import schemas


def probe_of(answer: Answer) -> schemas.RuntimeProbe:
    """An answer; what it lacks is said in the words of its status."""
    return schemas.RuntimeProbe(
        id=answer.runtime_id,
        label=LABELS[answer.runtime_id],
        signed_in=answer.status.is_signed_in,
        answer_ms=round(answer.took_ms),
        models=None if answer.models is None or not answer.status.is_signed_in else len(answer.models),
        problem=answer.problem or answer.status.why_not,
    )
