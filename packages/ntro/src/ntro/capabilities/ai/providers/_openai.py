"""Models behind an OpenAI-compatible address: chat completions."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ntro.capabilities._connections import kept_client
from ntro.capabilities.ai.errors import RefusedAnswerError, TruncatedAnswerError, UnreadableAnswerError
from ntro.capabilities.ai.providers._attempts import attempted, loaded
from ntro.capabilities.ai.providers.protocol import CompletionResponse, OnText

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai.types.chat import ChatCompletion

_CONTENT = {"choices": {"__all__": {"message", "delta"}}}


class OpenAICompatibleProvider:
    """Asks a server that speaks OpenAI's chat completions.

    Args:
        base_url: where it is, with its `/v1` or the like.
        api_key: sent as bearer; none is sent without one.
        extra_headers: sent with every request, such as the header that a gateway takes its key from.
        name: whom the messages of errors name.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str | None = None,
        extra_headers: Mapping[str, str] | None = None,
        *,
        name: str = "The model server",
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._api_key = api_key or ""
        self._headers = dict(extra_headers or {})
        self._name = name

    async def complete(
        self,
        *,
        prompt: str,
        model: str,
        max_tokens: int,
        timeout: float = 60.0,  # noqa: ASYNC109 - the protocol's keyword; it spans repeated requests
    ) -> CompletionResponse:
        """See `AIProvider`."""
        await loaded("openai")

        async def ask() -> "ChatCompletion":
            return await self._client().chat.completions.create(
                model=model,
                max_tokens=max_tokens,
                messages=[{"role": "user", "content": prompt}],
                timeout=timeout,
                extra_headers=self._without_bearer(),
            )

        completion = await attempted(
            ask,
            provider=self._name,
            timeout=timeout,
            errors=_errors(),
        )
        if not completion.choices:
            raise UnreadableAnswerError(f"{self._name} answered without a choice.")
        choice = completion.choices[0]
        raw = completion.model_dump(mode="json", exclude=_CONTENT, exclude_none=True, warnings=False)
        return _response(model, choice.message.content or "", choice.finish_reason, choice.message.refusal, raw)

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
        await loaded("openai")
        answer = _Written()

        async def ask() -> None:
            stream = await self._client().chat.completions.create(
                model=model,
                max_tokens=max_tokens,
                messages=[{"role": "user", "content": prompt}],
                stream=True,
                stream_options={"include_usage": True},
                timeout=timeout,
                extra_headers=self._without_bearer(),
            )
            async with stream:
                async for chunk in stream:
                    if text := answer.take(chunk):
                        await on_text(text)

        await attempted(
            ask,
            provider=self._name,
            timeout=timeout,
            errors=_errors(),
            may_repeat=lambda: not answer.texts,
        )
        return _response(model, "".join(answer.texts), answer.finish_reason, answer.refusal or None, answer.raw)

    def _without_bearer(self) -> dict[str, Any]:
        """Without a key no bearer is sent; the library wants that said with each request."""
        import openai  # noqa: PLC0415 - loaded when it is first used

        return {} if self._api_key else {"Authorization": openai.Omit()}

    def _client(self) -> "AsyncOpenAI":
        import openai  # noqa: PLC0415 - loaded when it is first used

        def build() -> "AsyncOpenAI":
            return openai.AsyncOpenAI(
                api_key=self._api_key or "none",
                organization="",
                project="",
                base_url=self._base_url,
                default_headers=self._headers,
                max_retries=0,
            )

        purpose = ("openai", self._base_url, self._api_key, tuple(sorted(self._headers.items())))
        client: AsyncOpenAI = kept_client(purpose, build, "close")
        return client


class _Written:
    """What has come of a streamed answer."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.finish_reason: str | None = None
        self.refusal = ""
        self.raw: dict[str, Any] = {}

    def take(self, chunk: Any) -> str:
        """Keep what `chunk` says; answers with its text."""
        self.raw |= chunk.model_dump(mode="json", include={"id", "model", "created", "usage"}, exclude_none=True)
        text = ""
        for choice in chunk.choices[:1]:
            text = choice.delta.content or ""
            self.refusal += getattr(choice.delta, "refusal", None) or ""
            self.finish_reason = choice.finish_reason or self.finish_reason
        if text:
            self.texts.append(text)
        return text


def _errors() -> tuple[type[Exception], ...]:
    """Of the library, and of the connection where it breaks in the middle of a stream."""
    import httpx2  # noqa: PLC0415 - as above
    import openai  # noqa: PLC0415 - loaded when it is first used

    return openai.APIError, httpx2.TransportError


def _response(
    model: str, text: str, finish_reason: str | None, refusal: str | None, raw: dict[str, Any]
) -> CompletionResponse:
    """The answer, if it is a whole one.

    Raises:
        TruncatedAnswerError: it was cut off, or its stream ended without saying that it is complete.
        RefusedAnswerError: the model or its provider's filter refused.
    """
    if refusal or finish_reason == "content_filter":
        raise RefusedAnswerError(f"The model {model} refused to answer.")
    if finish_reason != "stop":
        raise TruncatedAnswerError(f"The model {model} stopped early: {finish_reason}. Split the input.")
    return CompletionResponse(text=text, raw=raw, stop_reason=finish_reason, usage=raw.get("usage", {}))
