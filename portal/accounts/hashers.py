from django.contrib.auth.hashers import Argon2PasswordHasher


class PortalArgon2(Argon2PasswordHasher):
    """Argon2id as OWASP's password storage cheat sheet sets it: 19 MiB, two passes, one lane.

    Django's 100 MiB over eight lanes would let a handful of sign-ins at once exhaust a small server.
    """

    memory_cost = 19 * 1024
    time_cost = 2
    parallelism = 1
