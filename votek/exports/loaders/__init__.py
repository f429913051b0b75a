"""Small programs that go out with an export and are run by whoever uses it; the product itself never imports them."""
