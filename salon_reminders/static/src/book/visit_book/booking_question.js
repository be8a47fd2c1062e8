import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {_t} from "@web/core/l10n/translation";

// So long a drag can be taken back.
const UNDO_MS = 10000;

/** Asks whether to book all the same: outside hours, by whoever does not do it. */
export function confirmBooking(dialog, question) {
    return new Promise((resolve) => {
        dialog.add(
            ConfirmationDialog,
            {
                title: _t("Is this meant so?"),
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
    const {start, stop, stylistId, parts, state, partnerId} = times;
    const question = await orm.call("salon.visit", "get_booking_question", [
        visitId || false,
        start || false,
        stop || false,
        stylistId || false,
        parts || [],
        state || false,
        partnerId || false,
    ]);
    return !question || confirmBooking(dialog, question);
}

/** Lets a drag be taken back, as long as the note is shown. */
export function offerUndo({orm, notification}, visitId, values, onDone) {
    const close = notification.add(_t("The visit was moved."), {
        type: "info",
        autocloseDelay: UNDO_MS,
        buttons: [
            {
                name: _t("Undo"),
                primary: true,
                onClick: async () => {
                    close();
                    await orm.write("salon.visit", [visitId], values);
                    await onDone();
                },
            },
        ],
    });
}
