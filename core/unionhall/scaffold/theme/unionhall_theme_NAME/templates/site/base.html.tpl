{% extends '@site/base.html' %}
{# An example: one line over the footer of every page. Blocks that a theme may change are listed in docs/themes.md. #}
{% block footer %}
<p class="wrap small muted">{{ _('愿每一位职工都有家可回。') }}</p>
{{ super() }}
{% endblock %}
