"""What a client sends for a chat completion, and what of it can be given.

Taken: the model, the messages, `stream`, `stream_options.include_usage`. Ignored, since an answer is as good without:
how to sample (`temperature`, `top_p`, `seed`, penalties), how long to write (an answer is as long as its entries need),
tools that need not be called, and all that is unknown. Refused, since who asks for them relies on them: several
choices, log probabilities, forced tools, formats other than text, sequences to stop at.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from api.openai.errors import RefusedRequestError
from api.openai.models import WAYS, Way

Role = Literal["system", "developer", "user", "assistant", "tool", "function"]


_NEED_NOT_BE_CALLED: Final = (None, "auto", "none")


def _taken(*values: JsonValue) -> Any:
    """Have the document name the values that are taken; others are refused by `way_of`, which says why."""
    return Field(json_schema_extra={"enum": list(values)})


class ContentPart(BaseModel):
    """A part of a message: text, or something else that only its type is read of."""

    type: str
    text: str | None = None
    refusal: str | None = None


class Message(BaseModel):
    """One message of a conversation."""

    role: Role
    content: str | list[ContentPart] | None = None


class StreamOptions(BaseModel):
    """How a reply is to be streamed."""

    include_usage: bool | None = None


class ResponseFormat(BaseModel):
    """What form a reply is to have."""

    type: Annotated[str, _taken("text")]


class ChatRequest(BaseModel):
    """A request for a chat completion; what is not named here is ignored."""

    model_config = ConfigDict(extra="ignore")

    model: Annotated[str, _taken(*WAYS)]
    messages: Annotated[list[Message], Field(min_length=1)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Annotated[int | None, _taken(None, 1)] = None
    logprobs: Annotated[bool | None, _taken(None, False)] = None
    top_logprobs: Annotated[int | None, _taken(None, 0)] = None
    tool_choice: Annotated[JsonValue, _taken(*_NEED_NOT_BE_CALLED)] = None
    function_call: Annotated[JsonValue, _taken(*_NEED_NOT_BE_CALLED)] = None
    response_format: ResponseFormat | None = None
    modalities: Annotated[list[str] | None, _taken(None, ["text"])] = None
    stop: Annotated[str | list[str] | None, _taken(None, "", [])] = None

    @property
    def includes_usage(self) -> bool:
        """Return whether a streamed reply is to end with its usage."""
        return self.stream_options is not None and bool(self.stream_options.include_usage)


def way_of(request: ChatRequest) -> Way:
    """Return how a request is to be answered.

    Raises:
        RefusedRequestError: it names a model that there is not, or asks for what cannot be given.
    """
    way = way_named(request.model)
    asks_for = {
        "n": request.n not in {None, 1},
        "logprobs": bool(request.logprobs),
        "top_logprobs": bool(request.top_logprobs),
        "tool_choice": request.tool_choice not in _NEED_NOT_BE_CALLED,
        "function_call": request.function_call not in _NEED_NOT_BE_CALLED,
        "response_format": request.response_format is not None and request.response_format.type != "text",
        "modalities": request.modalities is not None and request.modalities != ["text"],
        "stop": bool(request.stop),
    }
    for param, is_asked_for in asks_for.items():
        if is_asked_for:
            raise RefusedRequestError(_REASONS[param], param, "unsupported_value")
    return way


_REASONS: Final = {
    "n": "a question has one answer; leave n out, or set it to 1",
    "logprobs": "an answer is no sample and has no log probabilities; leave logprobs out",
    "top_logprobs": "an answer is no sample and has no log probabilities; leave top_logprobs out",
    "tool_choice": "no tool is ever called; set tool_choice to auto or none, or leave it out",
    "function_call": "no function is ever called; set function_call to auto or none, or leave it out",
    "response_format": "an answer is text; leave response_format out, and read its parts from the field quicktakes",
    "modalities": "an answer is text; leave modalities out, or set it to ['text']",
    "stop": "an answer is not cut short: its citations stand at its end; leave stop out",
}


def way_named(model: str) -> Way:
    """Return the way of answering that a model's name stands for; raises `RefusedRequestError`."""
    if model not in WAYS:
        known = ", ".join(WAYS)
        raise RefusedRequestError(
            f"The model {model[:100]!r} does not exist; there are {known}", "model", "model_not_found", 404
        )
    return WAYS[model]
