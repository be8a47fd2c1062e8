import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {_t} from "@web/core/l10n/translation";

/** Asks whether to book although the stylist does not work then. */
export function confirmBooking(dialog, question) {
    return new Promise((resolve) => {
        dialog.add(
            ConfirmationDialog,
            {
                title: _t("Outside working hours"),
                body: question,
                confirmLabel: _t("Book anyway"),
                confirm: () => resolve(true),
                cancel: () => resolve(false),
            },
            {onClose: () => resolve(false)}
        );
    });
}

/** Asks the server for a warning about a booking, and the user to confirm it. */
export async function checkBooking({orm, dialog}, visitId, times) {
    const {start, stop, stylistId, parts, state} = times;
    const question = await orm.call("salon.visit", "get_booking_question", [
        visitId || false,
        start || false,
        stop || false,
        stylistId || false,
        parts || [],
        state || false,
    ]);
    return !question || confirmBooking(dialog, question);
}
