import {registry} from "@web/core/registry";
import {rpc} from "@web/core/network/rpc";

const DESK = ".o_salon_desk";
const onDesk = (key, content) => ({
    content,
    trigger: `${DESK} .o_salon_queue`,
    run: `press ${key}`,
});
const see = (content, trigger) => ({content, trigger});
const click = (content, trigger) => ({content, trigger, run: "click"});
const save = {
    content: "Book it",
    trigger: `${DESK} .o_salon_form .o_salon_save`,
    run: "press Enter",
};
const column = (name) =>
    `.o_salon_board_column[data-name='${name}'] .o_salon_board_work`;
const card = (stylist, client) =>
    `.o_salon_board_column[data-name='${stylist}'] .o_salon_board_card:contains('${client}')`;

registry.category("web_tour.tours").add("salon_book_desk_tour", {
    url: "/odoo/salon-desk",
    steps: () => [
        see("She is on the list", `${DESK} .o_salon_row:contains('Book Anna')`),
        onDesk("Enter", "Open her call"),
        see("Three times are proposed", `${DESK} .o_salon_proposal:nth-of-type(3)`),
        see("with her stylist", `${DESK} .o_salon_proposal:contains('Book Vera')`),
        see("and why", `${DESK} .o_salon_proposal:contains('her stylist')`),
        onDesk("1", "She takes the first"),
        save,
        see("She is booked", `${DESK} .o_salon_start`),
    ],
});

registry.category("web_tour.tours").add("salon_board_drag_tour", {
    url: "/odoo/salon-day",
    steps: () => [
        click("The day after", ".o_salon_board_next"),
        {
            content: "Drag her visit to the other stylist",
            trigger: card("Book Vera", "Book Anna"),
            run: `drag_and_drop ${column("Book Sofia")}`,
        },
        see("It is there", card("Book Sofia", "Book Anna")),
        click("She confirms", `${card("Book Sofia", "Book Anna")} .o_salon_board_step`),
        see("It is confirmed", ".o_salon_state_confirmed:contains('Book Anna')"),
    ],
});

registry.category("web_tour.tours").add("salon_board_conflict_tour", {
    url: "/odoo/salon-day",
    steps: () => [
        click("The day after", ".o_salon_board_next"),
        click(
            "A free time",
            ".o_salon_board_column[data-name='Book Vera'] .o_salon_board_free"
        ),
        see("A new visit", ".modal .o_form_view .o_field_widget[name='stylist_id']"),
        {
            content: "Meanwhile the time is booked in another window",
            trigger:
                ".modal .o_field_widget[name='start'] input, .modal .o_field_widget[name='start'] button",
            async run() {
                await rpc("/web/dataset/call_kw/salon.visit/create", {
                    model: "salon.visit",
                    method: "create",
                    args: [[odoo.salonOther]],
                    kwargs: {},
                });
            },
        },
        click("Save", ".modal .o_form_button_save"),
        see(
            "She is told, with other times",
            ".modal .modal-body:contains('is taken on')"
        ),
        see("that are free", ".modal .modal-body:contains('Free next')"),
        click("All right", ".o_error_dialog .modal-footer button"),
        click("Leave it", ".modal .o_form_button_cancel"),
    ],
});

registry.category("web_tour.tours").add("salon_gap_tour", {
    url: "/odoo/salon-gaps",
    steps: () => [
        see(
            "The freed time comes first",
            ".o_salon_gap:first-child .badge:contains('Freed')"
        ),
        see(
            "Who fits best",
            ".o_salon_gap:first-child .o_salon_gap_client:contains('Book Anna')"
        ),
        click(
            "Call her",
            ".o_salon_gap:first-child .o_salon_gap_client:contains('Book Anna') .o_salon_gap_call"
        ),
        see("Her card", `${DESK} .o_salon_name:contains('Book Anna')`),
        see(
            "The gap is proposed first",
            `${DESK} .o_salon_proposal:contains('the gap that you are filling')`
        ),
        onDesk("1", "She takes it"),
        save,
        see("She is booked", `${DESK} .o_salon_start`),
    ],
});
