"""The log-in form and the change of password."""

from typing import Any

from django import forms

from defiso.accounts.addresses import LONGEST_EMAIL
from defiso.accounts.passwords import LONGEST, SHORTEST, problem_with_password

NOT_RIGHT = "The e-mail address or the password is not right."


def _password(label: str, autocomplete: str, help_text: str = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, max_length=LONGEST, strip=False, widget=widget, help_text=help_text)


class LogInForm(forms.Form):
    email = forms.CharField(
        label="E-mail address",
        max_length=LONGEST_EMAIL,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = _password("Password", "current-password")
    next = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)


class ChangePasswordForm(forms.Form):
    """``email`` is that of the account, whose name the new password may not contain."""

    current = _password("Current password", "current-password")
    new = _password("New password", "new-password", f"At least {SHORTEST} characters. A few words are a good one.")
    repeated = _password("New password, once more", "new-password")

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._email = email

    def clean_new(self) -> str:
        new: str = self.cleaned_data["new"]
        if problem := problem_with_password(new, email=self._email):
            raise forms.ValidationError(problem)
        return new

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if "new" in cleaned and "repeated" in cleaned and cleaned["new"] != cleaned["repeated"]:
            self.add_error("repeated", "This is not the same password.")
        if "new" in cleaned and cleaned.get("current") == cleaned["new"]:
            self.add_error("new", "This is the current password. Choose another one.")
        return cleaned
