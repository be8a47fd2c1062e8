import {registry} from "@web/core/registry";

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
const card = (client) => `.o_salon_board_card:contains('${client}')`;
const gap = ".o_salon_gap:first-child";

registry.category("web_tour.tours").add("salon_book_desk_tour", {
    url: "/odoo/salon-desk",
    steps: () => [
        see("She is on the list", `${DESK} .o_salon_row:contains('Book Anna')`),
        onDesk("Enter", "Open her call"),
        see("Three times are proposed", `${DESK} .o_salon_proposal:nth-of-type(3)`),
        see("with her stylist", `${DESK} .o_salon_proposal:contains('Book Vera')`),
        see("and why", `${DESK} .o_salon_proposal:contains('usual stylist')`),
        onDesk("1", "She takes the first"),
        save,
        see("She is booked", `${DESK} .o_salon_start`),
    ],
});

registry.category("web_tour.tours").add("salon_freed_tour", {
    url: "/odoo/salon-day",
    steps: () => [
        click("The day after", ".o_salon_board_next"),
        click("The visit at one", `${card("Walk-in")}:contains('1:00')`),
        click("is cancelled", ".modal button[name='action_cancel']"),
        see("Its time is offered", ".o_salon_freed:contains('Book Vera')"),
        click("Close the visit", ".modal .btn-close"),
        see("It waits to be filled", ".o_salon_board_freed:contains('1 freed')"),
        click("See who fits", ".o_salon_freed button:contains('See who fits')"),
        see("The freed time comes first", `${gap} .badge:contains('Freed')`),
        see("Who fits best", `${gap} .o_salon_gap_client:contains('Book Anna')`),
        click(
            "Call her",
            `${gap} .o_salon_gap_client:contains('Book Anna') .o_salon_gap_call`
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

registry.category("web_tour.tours").add("salon_hours_form_tour", {
    url: "/odoo/salon-visits/new",
    steps: () => [
        {
            content: "With Vera",
            trigger: ".o_field_widget[name='stylist_id'] input",
            run: "edit Book Vera",
        },
        click("Vera", ".ui-autocomplete a:contains('Book Vera')"),
        click("at", ".o_field_widget[name='start'] button"),
        {
            content: "night",
            trigger: ".o_field_widget[name='start'] input",
            async run({edit, press}) {
                const night = luxon.DateTime.now().plus({days: 1}).set({hour: 3});
                await edit(night.toFormat("MM/dd/yyyy HH:mm:ss"));
                await press("Enter");
            },
        },
        click("Save", ".o_form_button_save"),
        see("She does not work then", ".modal-body:contains('Book Vera works')"),
        click("Book all the same", ".modal footer .btn-primary"),
        see("It is saved", ".o_form_saved .o_field_widget[name='outside_hours']"),
    ],
});
