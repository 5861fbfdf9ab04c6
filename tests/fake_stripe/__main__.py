"""`python -m tests.fake_stripe --port 12111 --webhook http://127.0.0.1:8000/webhooks/stripe/`"""

import argparse

from tests.fake_stripe.server import running


def main() -> None:
    parser = argparse.ArgumentParser(description="A fake Stripe on 127.0.0.1, for the demo and for tests.")
    parser.add_argument("--port", type=int, default=12111)
    parser.add_argument("--webhook", default="", help="where notices are sent")
    parser.add_argument("--secret", default="whsec_fake", help="signs the notices")
    parser.add_argument("--later", type=int, default=30, help="seconds that banks take to decide")
    arguments = parser.parse_args()
    with running(arguments.port, arguments.webhook, webhook_secret=arguments.secret, later=arguments.later) as server:
        server.wait()


if __name__ == "__main__":
    main()
