"""The list of the core's kinds, in the order in which an editor is offered them."""

from unionhall.campaigns.kinds import countdown, counter, gallery, news, results, text, video

TYPES = (text.TYPE, gallery.TYPE, news.TYPE, video.TYPE, countdown.TYPE, counter.TYPE, results.TYPE)
