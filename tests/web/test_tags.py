"""Filters and components of the templates: dates in words, states in colour, forms tied to their errors."""

import re
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
import time_machine
from django import forms
from django.template import engines
from django.test import RequestFactory

from defiso.web.filters import ago, day, moment, name, plain_number, short, until, worded
from defiso.web.words import BATCH_STATES, MESSAGE_LEVELS, REFUSALS, RESULTS, STATES, refusal_of

NOON = datetime(2026, 11, 23, 12, 0, 7, tzinfo=UTC)


def draw_template(source: str, address: str = "/", **context: object) -> str:
    return engines["jinja2"].from_string(source).render(dict(context), RequestFactory().get(address))


@pytest.mark.parametrize(
    "value",
    [date(2026, 3, 3), datetime(2026, 3, 3, 23, 59, tzinfo=UTC), "2026-03-03", "2026-03-03T23:59:00.000Z"],
)
def test_a_day_is_written_in_words_whatever_holds_it(value):
    assert day(value) == "3 March 2026"


def test_a_day_that_is_missing_is_empty_and_other_text_stays():
    assert day(None) == ""
    assert day("soon") == "soon"


def test_a_moment_shows_the_minute_and_keeps_the_second_for_hover():
    html = moment(datetime(2026, 11, 23, 9, 14, 5, tzinfo=UTC))

    assert 'datetime="2026-11-23T09:14:05.000Z"' in html
    assert 'title="23 November 2026, 09:14:05 UTC"' in html
    assert ">23 November 2026, 09:14 UTC</time>" in html


def test_a_moment_of_another_time_zone_is_shown_in_utc():
    assert "08:14 UTC" in moment("2026-11-23T09:14:05+01:00")


def test_text_that_is_no_time_is_escaped_by_the_page():
    assert "&lt;b&gt;" in draw_template("{{ text|moment }}", text="<b>")


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-11-23T12:00:00Z", "just now"),
        ("2026-11-23T11:59:00Z", "1 minute ago"),
        ("2026-11-23T09:00:00Z", "3 hours ago"),
        ("2026-11-11T09:00:00Z", "12 days ago"),
        ("2026-01-02T09:00:00Z", "2 January 2026"),
        ("2027-01-02T09:00:00Z", "2 January 2027"),
    ],
)
def test_the_age_of_a_moment_is_told_in_the_largest_unit_that_fits(at, words):
    with time_machine.travel(NOON, tick=False):
        assert f">{words}<" in ago(at)


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2026, 11, 23), "today"),
        ("2026-11-24", "in 1 day"),
        (date(2026, 12, 5), "in 12 days"),
        (date(2027, 12, 23), "in 13 months"),
        (date(2027, 1, 22), "in 60 days"),
        (date(2027, 1, 23), "in 2 months"),
        (date(2029, 10, 24), "in 2 years 11 months"),
        (date(2029, 11, 24), "in 3 years"),
        (date(2024, 10, 23), "2 years 1 month ago"),
        (date(2026, 11, 20), "3 days ago"),
        (None, ""),
    ],
)
def test_the_time_until_a_day_is_counted_from_today(on, words):
    with time_machine.travel(NOON, tick=False):
        assert until(on) == words


def test_a_long_code_loses_its_middle_and_keeps_its_length():
    assert short("0x" + "ab" * 32, 16) == "0xababab…bababab"
    assert len(short("0x" + "ab" * 32, 16)) == 16
    assert short("FM-1") == "FM-1"


def test_thousands_are_set_apart_and_other_text_is_left_alone():
    assert plain_number(48210) == "48\u202f210"
    assert plain_number("many") == "many"


@pytest.mark.parametrize(
    ("text", "country", "language"),
    [
        ("Example Foods Ltd", "JP", ""),
        ("佐藤情報有限会社", "JP", ' lang="ja"'),
        ("トヨタ自動車", "DE", ' lang="ja"'),
        ("삼성전자", "", ' lang="ko"'),
        ("华成育卓传媒有限公司", "CN", ' lang="zh"'),
        ("台灣積體電路", "TW", ' lang="zh-Hant"'),
        ("شركة المثال", "AE", ""),
    ],
)
def test_a_name_stands_apart_and_han_characters_have_their_language(text, country, language):
    assert name(text, country) == f"<bdi{language}>{text}</bdi>"


def test_a_name_is_escaped_and_none_is_nothing():
    assert name("") == ""
    assert name("<b>&") == "<bdi>&lt;b&gt;&amp;</bdi>"


def test_identifiers_read_as_words():
    assert worded("decision_maker") == "Decision maker"
    assert worded("certificate.issued") == "Certificate issued"


def test_every_state_has_a_word_a_known_tone_and_a_drawn_icon():
    for table in (STATES, RESULTS, BATCH_STATES, MESSAGE_LEVELS):
        for words in table.values():
            html = draw_template("{{ icon(name) }}", name=words.icon)

            assert words.word
            assert words.tone in {"ok", "warn", "stop", "wait", "neutral"}
            assert 'aria-hidden="true"' in html


def test_a_badge_says_its_state_in_words_beside_the_icon():
    html = draw_template('{{ status_badge("suspended") }}{{ status_badge("suspended", "Suspended until May") }}')

    assert html.count('data-tone="warn"') == 2
    assert "Suspended</span>" in html
    assert "Suspended until May</span>" in html


def test_a_state_nobody_listed_is_neutral_and_still_readable():
    assert "On hold" in draw_template('{{ status_badge("on_hold") }}')


def test_every_refusal_says_what_happened_and_what_to_do():
    for status in (403, 404, 409, 422, 429, 500, 503):
        assert all(REFUSALS[status])
    assert refusal_of(418) is REFUSALS[400]
    assert refusal_of(502) is REFUSALS[500]


class NameForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As registered.")
    note = forms.CharField(label="Note", required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)

    def clean(self):
        raise forms.ValidationError("The two do not <fit>.")


def test_a_wrong_field_is_tied_to_its_hint_and_error():
    html = draw_template("{{ field(form.name) }}", form=NameForm({}))

    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name_helptext">As registered.' in html
    assert 'id="id_name_error"' in html


def test_a_hint_given_by_the_page_is_tied_too():
    html = draw_template('{{ field(form.note, hint="Not published.") }}', form=NameForm())

    assert 'aria-describedby="id_note_helptext"' in html
    assert ">optional<" in html


def test_a_group_of_radios_is_described_by_its_fieldset():
    html = draw_template("{{ field(form.kind) }}", form=NameForm({}))

    assert re.search(r'<fieldset[^>]* aria-describedby="id_kind_error"', html)
    assert html.count("aria-describedby") == 1


def test_the_summary_links_each_error_to_its_field_and_escapes_it():
    html = draw_template("{{ error_summary(form) }}", form=NameForm({}))

    assert 'href="#id_name"' in html
    assert 'href="#id_kind_0"' in html
    assert "The two do not &lt;fit&gt;." in html
    assert "3 things need correcting" in html


def test_the_summary_gathers_forms_and_formsets():
    sites = forms.formset_factory(NameForm, extra=0, min_num=1, validate_min=True)
    formset = sites({"form-TOTAL_FORMS": "0", "form-INITIAL_FORMS": "0"})
    formset.is_valid()

    html = draw_template("{{ error_summary(form, formset, none) }}", form=NameForm({}), formset=formset)

    assert "Please submit at least 1 form." in html
    assert "4 things need correcting" in html


def test_a_form_without_errors_has_no_summary():
    assert "error-summary" not in draw_template("{{ error_summary(form) }}", form=NameForm())


def test_the_next_page_keeps_the_filters_and_the_first_page_drops_the_cursor():
    page = SimpleNamespace(items=[], next_cursor="n&xt")

    html = draw_template("{{ pagination(page, request) }}", "/?status=active&cursor=now", page=page)

    assert 'href="?status=active&amp;cursor=n%26xt"' in html
    assert 'href="?status=active"' in html


def test_the_first_page_links_back_even_without_filters():
    html = draw_template("{{ pagination(page, request) }}", "/?cursor=now", page=SimpleNamespace(next_cursor=None))

    assert 'href="?"' in html


def test_a_single_page_needs_no_pagination():
    assert "<nav" not in draw_template("{{ pagination(page, request) }}", page=SimpleNamespace(next_cursor=None))


def test_a_chip_changes_its_own_filter_only_and_starts_at_page_one():
    source = '{{ filter_chips("status", choices, request, label="Status") }}'

    html = draw_template(
        source, "/?standard=9001&status=draft&cursor=x", choices=[("active", "Active"), ("draft", "Draft")]
    )

    assert 'href="?standard=9001"' in html
    assert 'href="?standard=9001&amp;status=active"' in html
    assert html.count('aria-current="true"') == 1
    assert "cursor" not in html


def test_a_code_is_short_on_screen_and_copied_in_full():
    html = draw_template('{{ code(hash, "digest") }}', hash="ab" * 32)

    assert f'data-copy="{"ab" * 32}"' in html
    assert 'aria-label="Copy digest"' in html
    assert "abababab…bababab" in html


def test_an_empty_fact_is_left_out():
    assert "<dt>" not in draw_template('{{ fact("English name", organisation.englishName) }}', organisation={})
    assert "<dd>0</dd>" in draw_template('{{ fact("Confirmations", count) }}', count=0)
