"""A real model's stream, through the clients that the product's adapters are made of."""

from __future__ import annotations

import asyncio
import json

import openai
from smollm2_server import MODEL

from rag.adapters.langchain_chat import LangChainChatModel
from rag.models import ChatMessage, ReplyEnd, ReplyPart

QUESTION = "Say hello in one short sentence."


def test_a_stream_ends_with_a_finish_reason_and_usage(model_server: str) -> None:
    """Text comes in more than one piece; then the reason why it ended; then what it took."""

    async def ask() -> tuple[list[str], list[str | None], openai.types.CompletionUsage | None]:
        texts, reasons, usage = list[str](), list[str | None](), None
        async with openai.AsyncOpenAI(api_key="none", base_url=model_server, max_retries=0, timeout=60) as client:
            stream = await client.chat.completions.create(
                model=MODEL,
                messages=[{"role": "user", "content": QUESTION}],
                max_tokens=200,
                temperature=0,
                stream=True,
                stream_options={"include_usage": True},
            )
            async for chunk in stream:
                texts += [choice.delta.content for choice in chunk.choices if choice.delta.content]
                reasons += [choice.finish_reason for choice in chunk.choices if choice.finish_reason]
                usage = chunk.usage or usage
        return texts, reasons, usage

    texts, reasons, usage = asyncio.run(ask())
    assert len(texts) > 1
    assert "".join(texts).strip()
    assert reasons == ["stop"]
    assert usage is not None
    assert usage.prompt_tokens > 0
    assert usage.completion_tokens >= len(texts)


def test_langchains_model_streams_through_our_port(model_server: str) -> None:
    """``langchain-openai`` over the same server: text in pieces, then an end with the server's own count."""
    from langchain_openai import ChatOpenAI  # noqa: PLC0415 not installed where this is skipped

    async def ask() -> list[ReplyPart]:
        model = ChatOpenAI(
            model=MODEL, base_url=model_server, api_key="none", max_retries=0, temperature=0, stream_usage=True
        )
        chat = LangChainChatModel(model, f"openai:{MODEL}")
        return [part async for part in chat.stream([ChatMessage("user", QUESTION)], lambda: False)]

    *pieces, end = asyncio.run(ask())
    assert len(pieces) > 1
    assert all(isinstance(piece, str) for piece in pieces)
    assert isinstance(end, ReplyEnd)
    assert end.usage.reported
    assert end.usage.prompt_tokens > 0
    assert end.usage.completion_tokens > 0


def test_a_reply_is_held_to_a_json_schema(model_server: str) -> None:
    """The server lets no other token through, so even a small model's verdict can be parsed."""
    schema = {
        "type": "object",
        "properties": {"verdict": {"type": "string", "enum": ["supported", "unsupported"]}},
        "required": ["verdict"],
        "additionalProperties": False,
    }

    async def ask() -> str | None:
        async with openai.AsyncOpenAI(api_key="none", base_url=model_server, max_retries=0, timeout=60) as client:
            reply = await client.chat.completions.create(
                model=MODEL,
                messages=[{"role": "user", "content": "Is a whale a mammal?"}],
                max_tokens=300,
                temperature=0,
                response_format={"type": "json_schema", "json_schema": {"name": "verdict", "schema": schema}},
            )
        return reply.choices[0].message.content

    assert json.loads(asyncio.run(ask()) or "")["verdict"] in {"supported", "unsupported"}
