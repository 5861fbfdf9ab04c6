from portal.accounts import codes


def test_code_has_enough_chance_and_is_grouped_to_be_copied() -> None:
    made = {codes.generate() for _ in range(200)}
    assert len(made) == 200
    assert all(len(codes.normalize(code)) == 12 and code.count("-") == 2 for code in made)
    assert len(codes.ALPHABET) ** codes.LENGTH > 2**57


def test_case_spaces_and_dashes_do_not_count() -> None:
    assert codes.digest("7k3m xq9t-2hfa ") == codes.digest("7K3M-XQ9T-2HFA")


def test_digest_does_not_hold_the_code() -> None:
    assert "7K3M" not in codes.digest("7K3M-XQ9T-2HFA")
