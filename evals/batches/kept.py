"""What is known of batches, on the disk: a process that is killed goes on with those that it made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from evals.batches.requests import BatchReply
from evals.errors import RunStateError
from evals.running import line_of, read_lines, write_lines
from evals.running.lines import Line, append_line, mend_end
from rag.models import Usage


@dataclass(frozen=True, slots=True)
class KeptBatch:
    """One batch.

    Attributes:
        mark: by which the provider can be asked for it.
        requests: ids of what it asks.
        batch: the provider's id; empty while nobody knows whether it was made.
        is_ended: whether all that came of it is kept.
    """

    mark: str
    requests: tuple[str, ...]
    batch: str = ""
    is_ended: bool = False


class KeptBatches:
    """The batches of a run, and what came of them for good; each change is on the disk when it returns.

    Args:
        folder: of the run, or of a stage of it.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._batches = folder / "batches.jsonl"
        self._replies = folder / "batch-replies.jsonl"

    def batches(self) -> list[KeptBatch]:
        """Return all batches, the oldest first; raises `RunStateError` where the file holds something else."""
        try:
            lines = read_lines(self._batches)
            return [KeptBatch(one["mark"], tuple(one["requests"]), one["batch"], one["is_ended"]) for one in lines]
        except KeyError as error:
            raise RunStateError(f"{self._batches} holds a line without {error}; name another folder") from error

    def put(self, batch: KeptBatch) -> None:
        """Keep a batch, in place of the one with its mark."""
        kept = {one.mark: one for one in self.batches()} | {batch.mark: batch}
        write_lines(self._batches, map(line_of, kept.values()))

    def drop(self, batch: KeptBatch) -> None:
        """Forget a batch that was never made."""
        write_lines(self._batches, [line_of(one) for one in self.batches() if one.mark != batch.mark])

    def end(self, batch: KeptBatch, replies: Mapping[str, BatchReply]) -> None:
        """Keep what came of a batch, and then that it has ended."""
        self.add(replies)
        self.put(replace(batch, is_ended=True))

    def add(self, replies: Mapping[str, BatchReply]) -> None:
        """Keep replies, and failures that another batch would not mend."""
        lines = [line_of({"custom_id": own, "reply": asdict(reply)}) for own, reply in sorted(replies.items())]
        mend_end(self._replies)
        with self._replies.open("a", encoding="utf-8", newline="\n") as file:
            append_line(file, "".join(lines))

    def replies(self) -> dict[str, BatchReply]:
        """Return what is kept by id of its request; raises `RunStateError` where the file holds something else."""
        try:
            return {str(line["custom_id"]): _reply_from(line["reply"]) for line in read_lines(self._replies)}
        except (KeyError, TypeError) as error:
            raise RunStateError(f"{self._replies} holds a line that is no reply: {error}; delete it") from error

    def under_way(self) -> list[KeptBatch]:
        """Return the batches of which not all that came is kept."""
        return [one for one in self.batches() if not one.is_ended]


def _reply_from(told: Line) -> BatchReply:
    reply: Line = {**told, "usage": Usage(**told["usage"])}
    return BatchReply(**reply)
