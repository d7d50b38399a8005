"""Judges asked by the provider's batch."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from evals.batches import Approve, Batches, BatchReply, BatchRequest, CollectedModel, chat_request
from evals.judging.judge import Judge
from evals.judging.judgement import Question


def batch_replies(
    judge: Judge, questions: Sequence[Question], batches: Batches, approve: Approve
) -> dict[str, BatchReply]:
    """Return what a batch replies to the first attempt at each question, by id of its request.

    What is then still to be asked, one by one, is approved before this returns: what the batch gave no reply to, and
    the second attempt wherever the first gave no verdict, or may give none.

    Raises:
        NotApprovedError, ProviderError: as `Batches.replies`.
    """
    replies = batches.replies([_request(judge, question, 1) for question in questions], approve)
    left = asyncio.run(_without_verdict(judge, questions, replies))
    again = [_request(judge, question, 2) for question in left]
    batches.approve_live(again, "may be sent once more, one by one: the batch gave no verdict", approve)
    return replies


def with_replies(judge: Judge, replies: Mapping[str, BatchReply]) -> Judge:
    """Return a judge that asks its model only for what a batch gave no reply to."""
    return replace(judge, model=CollectedModel(judge.model, replies))


async def _without_verdict(
    judge: Judge, questions: Sequence[Question], replies: Mapping[str, BatchReply]
) -> list[Question]:
    collected = with_replies(judge, replies)
    return [
        question
        for question in questions
        if replies[_request(judge, question, 1).custom_id].error or (await collected.attempt(question, 1)).unscored
    ]


def _request(judge: Judge, question: Question, attempt: int) -> BatchRequest:
    return chat_request(judge.model.name, judge.messages(question, attempt))
