import {registry} from "@web/core/registry";

const CARD = ".o_salon_card";

// A receptionist looks who is lost, asks why, and hears what would bring her back.
registry.category("web_tour.tours").add("salon_lost_clients_tour", {
    url: "/odoo/salon-lost",
    steps: () => [
        {
            content: "Lost Anna is listed; she agrees to calls",
            trigger: ".o_data_row:contains('Tour Anna') button[name='action_call']",
            run: "click",
        },
        {
            content: "Her call is open at the desk",
            trigger: `${CARD}:contains('Tour Anna')`,
        },
        {
            content: "She says that she left",
            trigger: "button[data-kind='left_us']",
            run: "click",
        },
        {
            content: "Because of the hours",
            trigger: ".o_salon_form button:contains('Tour hours')",
            run: "click",
        },
        {
            content: "What would bring her back is asked",
            trigger: ".o_salon_form input[name='bring_back']",
            run: "edit Late evenings",
        },
        {content: "Save", trigger: ".o_salon_save", run: "click"},
        {
            content: "It is logged",
            trigger: ".o_notification:contains('Tour Anna: Left us')",
        },
    ],
});

// The manager has changed it, and looks who will be called.
registry.category("web_tour.tours").add("salon_leaving_fix_tour", {
    url: "/odoo/salon-leaving-reasons",
    steps: () => [
        {
            content: "One is lost for it",
            trigger: ".o_data_row:contains('Tour hours') td[name='name']",
            run: "click",
        },
        {
            content: "We changed it",
            trigger: "button[name='action_fix']",
            run: "click",
        },
        {
            content: "Say what was changed",
            trigger: ".modal div[name='argument'] input",
            run: "edit we are open until nine",
        },
        {content: "Save", trigger: ".modal .o_form_button_save", run: "click"},
        {
            content: "One client is to be called about it",
            trigger:
                "body:not(:has(.modal)) button[name='action_open_waiting']:contains('1')",
            run: "click",
        },
        {
            content: "It is Anna, with what would bring her back",
            trigger: ".o_data_row:contains('Tour Anna'):contains('Late evenings')",
        },
    ],
});

// A stylist leaves: her last day, her clients, her bookings, the calls.
registry.category("web_tour.tours").add("salon_departure_tour", {
    url: "/odoo/salon-stylists",
    steps: () => [
        {
            content: "Open the stylist",
            trigger: ".o_data_row td:contains('Tour Vera')",
            run: "click",
        },
        {
            content: "She leaves",
            trigger: "button[name='action_salon_leave']",
            run: "click",
        },
        {
            content: "Enter the last day",
            trigger:
                "div[name='last_date'] input, button[name='last_date'], input[data-field='last_date']",
            run: "click",
        },
        {
            content: "Today is her last day",
            trigger: ".o_datetime_picker .o_today",
            run: "click",
        },
        {content: "Save", trigger: ".o_form_button_save", run: "click"},
        {
            content: "Her client is listed with a successor",
            trigger:
                ".o_field_widget[name='line_ids'] .o_data_row:contains('Tour Bea'):contains('Tour Sofia')",
        },
        {
            content: "What nobody else does is named",
            trigger: ".alert-danger:contains('Tour updo')",
        },
        {
            content: "Her booking is moved to the successor",
            trigger: "button[name='action_move_bookings']",
            run: "click",
        },
        {
            content: "It is said",
            trigger: ".o_notification:contains('successors: 1')",
        },
        {
            content: "Call her clients",
            trigger: "button[name='action_call']",
            run: "click",
        },
        {
            content: "They are called",
            trigger: "button[name='action_pause_calls']",
        },
    ],
});
