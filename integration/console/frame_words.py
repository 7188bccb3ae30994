"""Sentences of Django and unfold on our pages that have no French, or bad French.

Django looks in our catalogue first, so their French is there. Their English is not changed.
`tests/console/test_french_frame.py` finds sentences that are missing here.
"""

from django.utils.translation import gettext_noop as N_

UNFOLD_SENTENCES = (
    N_("Previous"),
    N_("Next"),
    N_("Choose file to upload"),
    N_("Type to search"),
    N_("Loading more results..."),
    N_("Apply Filters"),
    N_("Filters"),
    N_("Select action"),
    N_("Select action to run"),
    N_("Select value"),
    N_("Select all rows"),
    N_("Select record"),
    N_("Select Record"),
    N_("Light"),
    N_("Dark"),
    N_("System"),
    N_("No results found"),
    N_("Reset filters"),
    N_("This page yielded into no results. Create a new item or reset your filters."),
    N_("Welcome back to"),
    N_("Toggle password visibility"),
    N_("Forgotten your password or username?"),
    N_("More actions"),
    N_("Run"),
    N_("Go back"),
    N_("Date from"),
    N_("Date to"),
    N_("You have been successfully logged out from the administration"),
    N_("Add row"),
    N_("Current file"),
    N_("Click to download"),
    N_("Click to cancel"),
    N_("Expand row"),
    N_("Collapse"),
    N_("No data"),
    N_("Reset to default"),
    N_("Change History"),
    N_("Return to site"),
    N_("Submit"),
    N_("This item will be deleted."),
    N_("Non field specific"),
    N_("General"),
)

# Django's French calls every row "l’objet" and takes every word for a masculine one.
DJANGO_SENTENCES = (
    N_("%(app)s administration"),
    N_("Select %s"),
    N_("Select %s to change"),
    N_("Select %s to view"),
    N_("Add %s"),
    N_("Change %s"),
    N_("View %s"),
    N_("Add %(name)s"),
    N_("Add another %(model)s"),
    N_("Change selected %(model)s"),
    N_("View selected %(model)s"),
    N_("Select all %(total_count)s %(module_name)s"),
    N_("0 of %(cnt)s selected"),
    N_("Click here to select the objects across all pages"),
    N_("Select all objects on this page for an action"),
    N_("Select this object for an action - {}"),
    N_("Run the selected action"),
    N_("No action selected."),
    N_("Items must be selected in order to perform actions on them. No items have been changed."),
    N_("The {name} “{obj}” was added successfully."),
    N_("The {name} “{obj}” was added successfully. You may add another {name} below."),
    N_("The {name} “{obj}” was changed successfully."),
    N_("The {name} “{obj}” was changed successfully. You may add another {name} below."),
    N_("The {name} “{obj}” was changed successfully. You may edit it again below."),
    N_("You may edit it again below."),
    N_("%(name)s with ID “%(key)s” doesn’t exist. Perhaps it was deleted?"),
    N_("Save and add another"),
    N_("Save and continue editing"),
    N_("None available"),
    N_("You don’t have permission to view or edit anything."),
    N_(
        "Please enter the correct %(username)s and password for a staff account. Note that both fields may be "
        "case-sensitive."
    ),
    N_(
        "You are authenticated as %(username)s, but are not authorized to access this page. Would you like to login to "
        "a different account?"
    ),
    N_(
        "Please enter your old password, for security’s sake, and then enter your new password twice so we can verify "
        "you typed it in correctly."
    ),
)
