"""From the link to "8301 - CLYO" in a browser, and everything people do on that way but go straight on."""

from tests.activation.given import Shop, Visitor


def test_way__from_the_link_to_the_company(shop: Shop, visitor: Visitor) -> None:
    assert shop.state() == "inactive"
    url = shop.link()
    assert shop.state() == "awaiting_login"
    visitor.begin(url)
    visitor.log_in(shop.user)
    visitor.wait_for("comptabilité")
    assert shop.state() == "awaiting_division"
    visitor.page.click(f"button[value='{shop.division}']")
    visitor.wait_for(f"{shop.division} - TEST")
    answer = shop.caller.get("activation").json()
    assert answer == {
        "state": "active",
        "label": f"{shop.division} - TEST",
        "division": {"code": shop.division, "name": "TEST"},
        "problems": [],
    }
