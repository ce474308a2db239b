"""Lines of templates are long only where one translated text fills them."""

from __future__ import annotations

from cohort.local.template_check import too_long


def test_only_one_translated_text_may_fill_a_long_line() -> None:
    words = "word " * 30
    lines = [
        f'<p>{{% translate "{words}" %}}</p>',
        f"{{% blocktranslate %}}{words}{{% endblocktranslate %}}",
        f"<p>{words}</p>",
        f'{{% translate "{words}" %}}{{% translate "b" %}}',
        "<p>short</p>",
    ]
    assert list(too_long("\n".join(lines))) == [3, 4]
