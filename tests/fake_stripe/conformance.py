"""Checks requests and responses against the SDK's own types, so that the fake cannot drift from the pinned API.

A request's parameters are a TypedDict of `stripe.params`, an answer is a class such as `stripe.Refund`. Strings
that the SDK leaves open beside a list (`Literal["a", "b"] | str`) count as closed: we mean none but the listed.
"""

import functools
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, NotRequired, Required, Union

import stripe
import stripe.checkout
from stripe import ListObject, StripeObject
from stripe._request_options import RequestOptions
from stripe._stripe_object import UntypedStripeObject
from typing_extensions import is_typeddict

_OPTIONS = frozenset(RequestOptions.__annotations__)


class _Names(dict[str, Any]):
    """The SDK's classes by name, which it loads only when they are asked for."""

    def __missing__(self, name: str) -> Any:
        try:
            return getattr(stripe, name.removesuffix("Resource"))  # as the SDK itself renames on import
        except AttributeError:
            raise KeyError(name) from None


def request_faults(params: Mapping[str, Any], shape: type) -> list[str]:
    """What is wrong with decoded form parameters, where every leaf is text; each fault starts with its place."""
    return list(_faults(params, shape, "", is_form=True))


def response_faults(answer: Mapping[str, Any], shape: Any) -> list[str]:
    """What is wrong with an answer before it is encoded."""
    return list(_faults(answer, shape, "", is_form=False))


def _faults(value: Any, hint: Any, at: str, *, is_form: bool) -> Iterator[str]:
    origin = typing.get_origin(hint)
    if hint is Any or isinstance(hint, typing.TypeVar):
        return
    if is_typeddict(hint) or _is_resource(hint):
        yield from _object_faults(value, hint, at, is_form=is_form)
    elif origin in _GENERIC:
        yield from _GENERIC[origin](value, typing.get_args(hint), at, is_form=is_form)
    elif not _is_plain(value, hint, is_form=is_form):
        yield f"{at}: {value!r} is no {getattr(hint, '__name__', hint)}"


def _wrapped_faults(value: Any, args: tuple[Any, ...], at: str, *, is_form: bool) -> Iterator[str]:
    yield from _faults(value, args[0], at, is_form=is_form)


def _literal_faults(value: Any, args: tuple[Any, ...], at: str, *, is_form: bool) -> Iterator[str]:
    if value not in args:
        yield f"{at}: {value!r} is not one of {args}"


def _union_faults(value: Any, members: tuple[Any, ...], at: str, *, is_form: bool) -> Iterator[str]:
    if value is None and type(None) in members:
        return
    if any(typing.get_origin(member) is Literal for member in members):
        members = tuple(member for member in members if member is not str)
    shaped = [member for member in members if is_typeddict(member) or _is_resource(member)]
    if isinstance(value, Mapping) and len(shaped) == 1:
        yield from _faults(value, shaped[0], at, is_form=is_form)
        return
    found = [list(_faults(value, member, at, is_form=is_form)) for member in members if member is not type(None)]
    if all(found):
        yield min(found, key=len)[0] if len(found) == 1 else f"{at}: {value!r} is none of {members}"


def _object_faults(value: Any, shape: Any, at: str, *, is_form: bool) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{at}: {value!r} is no {shape.__name__}"
        return
    hints = _hints(shape)
    for name, item in value.items():
        place = f"{at}[{name}]" if at else name
        if name not in hints:
            yield f"{place}: unknown to {shape.__name__}"
        else:
            yield from _faults(item, hints[name], place, is_form=is_form)
    for name in _required(shape) - value.keys():
        yield f"{at}[{name}]: missing from {shape.__name__}" if at else f"{name}: missing from {shape.__name__}"


def _list_faults(value: Any, args: tuple[Any, ...], at: str, *, is_form: bool) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{at}: {value!r} is no list"
        return
    for number, item in enumerate(value):
        yield from _faults(item, args[0], f"{at}[{number}]", is_form=is_form)


def _page_faults(value: Any, args: tuple[Any, ...], at: str, *, is_form: bool) -> Iterator[str]:
    if not isinstance(value, Mapping) or value.keys() != {"object", "data", "has_more", "url"}:
        yield f"{at}: no list object"
        return
    yield from _list_faults(value["data"], args, f"{at}[data]", is_form=is_form)


def _mapping_faults(value: Any, args: tuple[Any, ...], at: str, *, is_form: bool) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{at}: {value!r} is no mapping"
        return
    for name, item in value.items():
        yield from _faults(item, args[-1], f"{at}[{name}]", is_form=is_form)


_GENERIC: dict[Any, Callable[..., Iterator[str]]] = {
    NotRequired: _wrapped_faults,
    Required: _wrapped_faults,
    Union: _union_faults,
    types.UnionType: _union_faults,
    Literal: _literal_faults,
    list: _list_faults,
    ListObject: _page_faults,
    dict: _mapping_faults,
    UntypedStripeObject: _mapping_faults,
}


def _is_resource(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, StripeObject) and hint is not UntypedStripeObject


@functools.cache
def _hints(shape: Any) -> dict[str, Any]:
    if is_typeddict(shape):
        return {name: hint for name, hint in _resolved(shape, {"Mapping": Mapping}).items() if name not in _OPTIONS}
    # A nested name can hide a resource's: PaymentMethodDetails.Card is no Card.
    hints = _resolved(shape, {name: part for name, part in vars(shape).items() if isinstance(part, type)})
    return {
        name: hints[name] for name in shape.__annotations__ if typing.get_origin(hints[name]) is not typing.ClassVar
    }


def _resolved(shape: Any, names: dict[str, Any]) -> dict[str, Any]:
    known = _Names(names)
    while True:
        try:
            return typing.get_type_hints(shape, localns=known, include_extras=True)
        except NameError as error:  # of a part of Stripe that we do not use
            known[error.name] = Any


@functools.cache
def _required(shape: Any) -> frozenset[str]:
    """Fields that are never left out: in answers those that cannot be null either."""
    if is_typeddict(shape):
        return frozenset(name for name, hint in _hints(shape).items() if typing.get_origin(hint) is not NotRequired)
    return frozenset(name for name, hint in _hints(shape).items() if type(None) not in typing.get_args(hint))


def _is_plain(value: Any, hint: Any, *, is_form: bool) -> bool:
    if hint is str:
        return isinstance(value, str)
    if hint is bool:
        return value in ("true", "false") if is_form else isinstance(value, bool)
    if hint is int:
        is_digits = isinstance(value, str) and value.removeprefix("-").isdigit()
        return is_digits if is_form else isinstance(value, int) and not isinstance(value, bool)
    if hint is float:
        return isinstance(value, (int, float))
    if hint is type(None):
        return value is None
    raise TypeError(f"the checker does not know {hint!r}")
