"""Errors as Stripe words them, and the two ways in which the wire itself fails."""

from typing import Any


class ApiError(Exception):
    """An answer that is an error. `is_saved` says whether its idempotency key repeats it."""

    def __init__(self, status: int, message: str, *, is_saved: bool = True, **fields: str) -> None:
        super().__init__(message)
        self.status, self.message, self.is_saved = status, message, is_saved
        self.fields = {"type": "invalid_request_error"} | fields

    @property
    def body(self) -> dict[str, Any]:
        return {"error": {"message": self.message, **self.fields}}


class Cut(Exception):
    """The connection broke: before the request was carried out, or before its answer."""


def missing(kind: str, ref: str) -> ApiError:
    return ApiError(404, f"No such {kind}: '{ref}'", code="resource_missing", param="id")


def server_error() -> ApiError:
    message = "An unknown error occurred."
    return ApiError(500, message, type="api_error")
