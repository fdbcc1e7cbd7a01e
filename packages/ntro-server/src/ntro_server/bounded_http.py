"""The fast HTTP parser with a bound on the head of a request, which it lacks: a client could send headers for ever."""

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD = 64 * 1024
"""Bytes of the address and the headers of one request. What arrives in one read of the socket is looked at whole."""


class HeadTooLarge(httptools.HttpParserError):
    """The head of a request is above its bound."""


class BoundedHttpProtocol(HttpToolsProtocol):
    """Answers 400 and closes the connection where the head of a request is above `MAX_HEAD`."""

    _head = 0
    _unfinished = 0
    _is_in_head = True
    _has_passed_a_border = False

    def data_received(self, data: bytes) -> None:
        self._has_passed_a_border = False
        super().data_received(data)
        if self._has_passed_a_border or not self._is_in_head:
            self._unfinished = 0
            return
        self._unfinished += len(data)
        if self._unfinished > MAX_HEAD and not self.transport.is_closing():
            self.send_400_response("The head of the request is too large.")

    def on_message_begin(self) -> None:
        self._head, self._has_passed_a_border = 0, True
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._is_in_head, self._has_passed_a_border = True, True
        super().on_message_complete()

    def _count(self, size: int) -> None:
        self._head += size
        if self._head > MAX_HEAD:
            raise HeadTooLarge
