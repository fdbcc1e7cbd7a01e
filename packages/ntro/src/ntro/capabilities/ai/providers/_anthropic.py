"""Claude models over Anthropic's Messages API."""

from typing import TYPE_CHECKING, Any

from ntro.capabilities._connections import kept_client
from ntro.capabilities.ai.errors import RefusedAnswerError, TruncatedAnswerError
from ntro.capabilities.ai.providers._attempts import attempted, loaded
from ntro.capabilities.ai.providers.protocol import CompletionResponse, OnText

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic
    from anthropic.types import Message

_COMPLETE = ("end_turn", "stop_sequence")
_NAME = "Anthropic"


class AnthropicProvider:
    """Asks Claude.

    Args:
        api_key: the key of the tenant or the worker.
        base_url: where the API is; a gateway that speaks it will do.
    """

    def __init__(self, api_key: str, base_url: str = "https://api.anthropic.com") -> None:
        self._api_key = api_key
        self._base_url = base_url.rstrip("/")

    async def complete(
        self,
        *,
        prompt: str,
        model: str,
        max_tokens: int,
        timeout: float = 60.0,  # noqa: ASYNC109 - the protocol's keyword; it spans repeated requests
    ) -> CompletionResponse:
        """See `AIProvider`."""
        await loaded("anthropic")

        async def ask() -> "Message":
            return await self._client().messages.create(
                model=model, max_tokens=max_tokens, messages=[{"role": "user", "content": prompt}], timeout=timeout
            )

        message = await attempted(
            ask,
            provider=_NAME,
            timeout=timeout,
            errors=_errors(),
        )
        return _response(message)

    async def complete_stream(
        self,
        *,
        prompt: str,
        model: str,
        max_tokens: int,
        on_text: OnText,
        timeout: float = 60.0,  # noqa: ASYNC109 - see complete
    ) -> CompletionResponse:
        """See `StreamingProvider`. A stream that breaks is not begun again: its text was shown."""
        await loaded("anthropic")
        shown = False

        async def ask() -> "Message":
            nonlocal shown
            async with self._client().messages.stream(
                model=model, max_tokens=max_tokens, messages=[{"role": "user", "content": prompt}], timeout=timeout
            ) as stream:
                async for text in stream.text_stream:
                    shown = True
                    await on_text(text)
                return await stream.get_final_message()

        message = await attempted(
            ask,
            provider=_NAME,
            timeout=timeout,
            errors=_errors(),
            may_repeat=lambda: not shown,
        )
        return _response(message)

    def _client(self) -> "AsyncAnthropic":
        import anthropic  # noqa: PLC0415 - loaded when it is first used

        def build() -> "AsyncAnthropic":
            return anthropic.AsyncAnthropic(api_key=self._api_key, base_url=self._base_url, max_retries=0)

        client: AsyncAnthropic = kept_client(("anthropic", self._base_url, self._api_key), build, "close")
        return client


def _errors() -> tuple[type[Exception], ...]:
    """Of the library, and of the connection where it breaks in the middle of a stream."""
    import anthropic  # noqa: PLC0415 - loaded when it is first used
    import httpx2  # noqa: PLC0415 - as above

    return anthropic.APIError, httpx2.TransportError


def _response(message: "Message") -> CompletionResponse:
    """The answer, if it is a whole one.

    Raises:
        TruncatedAnswerError: it was cut off.
        RefusedAnswerError: the model refused.
    """
    if message.stop_reason == "refusal":
        raise RefusedAnswerError(f"The model {message.model} refused to answer.")
    if message.stop_reason not in _COMPLETE:
        raise TruncatedAnswerError(f"The model {message.model} stopped early: {message.stop_reason}. Split the input.")
    raw: dict[str, Any] = message.model_dump(mode="json", exclude={"content"}, exclude_none=True, warnings=False)
    return CompletionResponse(
        text="".join(block.text for block in message.content if block.type == "text"),
        raw=raw,
        stop_reason=str(message.stop_reason),
        usage=raw.get("usage", {}),
    )
