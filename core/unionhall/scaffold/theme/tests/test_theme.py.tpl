"""The theme keeps to the contract, and its line stands on the home page."""

from unionhall.app import create_app
from unionhall.host.looks import looks
from unionhall.setup import set_up
from unionhall.testing.pytest_plugin import SETTINGS


def test_the_theme_is_sound_and_shows(tmp_path):
    app = create_app(SETTINGS | {"instance": tmp_path, "theme": "@NAME@"})
    with app.app_context():
        set_up("云麓省总工会")
        assert [str(fault.reason) for fault in looks().every["@NAME@"].faults] == []
    page = app.test_client().get("/").text
    assert "/static/theme-@NAME@/" in page
    assert "愿每一位职工都有家可回。" in page
