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
const pick = (name, value) => [
    {
        content: `${value} is looked for`,
        trigger: `.o_field_widget[name='${name}'] input`,
        run: `edit ${value}`,
    },
    click(`${value} is chosen`, `.ui-autocomplete a:contains('${value}')`),
];
const walkIn = click("A walk-in", ".o_field_widget[name='is_walk_in'] input");
const addService = [
    click(
        "A service",
        ".o_field_widget[name='line_ids'] .o_field_x2many_list_row_add a"
    ),
    ...pick("product_id", "Book root touch-up"),
];
const saveForm = click("Save", ".o_form_button_save");

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
        click("is cancelled", ".modal button[name='action_ask_cancel']"),
        click("by the client", ".modal .o_radio_input[data-value='client']"),
        click("for sure", ".modal button[name='action_go_on']"),
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
        walkIn,
        ...pick("stylist_id", "Book Vera"),
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
        ...addService,
        saveForm,
        see("She does not work then", ".modal-body:contains('Book Vera works')"),
        click("Book all the same", ".modal footer .btn-primary"),
        see("It is saved", ".o_form_saved .o_field_widget[name='outside_hours']"),
    ],
});

registry.category("web_tour.tours").add("salon_no_ghost_tour", {
    url: "/odoo/salon-visits/new",
    steps: () => {
        const client = ".o_field_widget[name='partner_id']";
        const back = click("Back to the list", ".o_back_button, .breadcrumb-item a");
        return [
            saveForm,
            see("Who comes is missing", `${client}.o_field_invalid`),
            walkIn,
            saveForm,
            see("It is known who comes", `${client}:not(.o_field_invalid)`),
            see("but not for what", ".o_notification:contains('Add a service')"),
            {
                content: "Load the page anew",
                trigger: ".o_form_view",
                run: () => window.location.reload(),
                expectUnloadPage: true,
            },
            ...pick("partner_id", "Book Anna"),
            back,
            see("Nothing was booked", ".modal:contains('Nothing is booked yet')"),
            click("Stay", ".modal footer .btn-secondary"),
            see("She is still there", `${client} input:value('Book Anna')`),
            back,
            click("Leave", ".modal footer .btn-primary"),
            see("The list", ".o_list_button_add"),
        ];
    },
});
