"""What an article tells search engines: schema.org NewsArticle as data."""

from __future__ import annotations

from typing import Any

from unionhall.host.assets import absolute
from unionhall.news.models import BylineRole
from unionhall.news.opened import Opened, Shown
from unionhall.news.queries import org_name, section_name
from unionhall.settings.queries import site_settings

WRITERS = {BylineRole.REPORTER, BylineRole.CORRESPONDENT}


def news_article(article: Opened, characters: int) -> dict[str, Any]:
    """Return the article as schema.org data."""
    live, settings = article.live, site_settings()
    publisher = settings.organiser or settings.site_name
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": live.headline,
        "mainEntityOfPage": absolute(article.url),
        "url": absolute(article.url),
        "datePublished": article.published_at.isoformat(),
        "dateModified": (article.corrected_at or article.published_at).isoformat(),
        "inLanguage": "zh-CN",
        "articleSection": section_name(article.section),
        "wordCount": characters,
        "author": _people(live) or [{"@type": "Organization", "name": org_name(article.org)}],
        "sourceOrganization": {"@type": "Organization", "name": org_name(article.org)},
        "publisher": {"@type": "Organization", "name": publisher, "url": absolute("/")},
    }
    if live.summary:
        found["description"] = live.summary
    if live.subhead:
        found["alternativeHeadline"] = live.subhead
    if live.cover:
        found["image"] = [absolute(live.cover.src)]
    if article.correction:
        found["correction"] = {"@type": "CorrectionComment", "text": article.correction}
    if live.tags:
        found["keywords"] = [tag.name for tag in live.tags]
    return found


def _people(live: Shown) -> list[dict[str, str]]:
    names = [name for credit in live.credits if credit.role in WRITERS for name in credit.names]
    return [{"@type": "Person", "name": name} for name in dict.fromkeys(names)]
