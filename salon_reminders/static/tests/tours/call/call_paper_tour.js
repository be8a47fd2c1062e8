import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const nextWeek = () => luxon.DateTime.now().plus({days: 7}).toFormat("MM/dd/yyyy");
const row = (client) => `.o_data_row:has(td[name='partner_id']:contains('${client}'))`;
const choose = (client, outcome) => [
    {
        content: `What was ticked for ${client}`,
        trigger: `${row(client)} td[name='outcome_id']`,
        run: "click",
    },
    {
        content: `${outcome} was ticked`,
        trigger: `${row(client)} td[name='outcome_id'] input`,
        run: `edit ${outcome}`,
    },
    {
        content: `Choose ${outcome}`,
        trigger: `.o-autocomplete--dropdown-item:contains('${outcome}')`,
        run: "click",
    },
];

registry.category("web_tour.tours").add("salon_call_paper_tour", {
    url: "/odoo",
    steps: () => [
        ...stepUtils.goToAppSteps("salon_reminders.salon_menu_root"),
        {
            content: "The list was worked on paper",
            trigger: "button[name='action_enter_paper']",
            run: "click",
        },
        ...choose("Tour Anna", "No answer"),
        ...choose("Tour Bea", "Booked"),
        {
            content: "Log all of it",
            trigger: "button[name='action_log']",
            run: "click",
        },
        {
            content: "One is logged and gone, the other says what is missing",
            trigger: `.o_form_view:not(:has(${row("Tour Anna")})) ${row("Tour Bea")}:has(td[name='error']:contains('date and time')):has(td[name='outcome_id']:contains('Booked'))`,
        },
        {
            content: "Type the missing time",
            trigger: `${row("Tour Bea")} td[name='moment']`,
            run: "click",
        },
        {
            content: "Open the day",
            trigger: `${row("Tour Bea")} td[name='moment'] button, ${row("Tour Bea")} td[name='moment'] input`,
            run: "click",
        },
        {
            content: "In a week",
            trigger: `${row("Tour Bea")} td[name='moment'] input`,
            run: `edit ${nextWeek()} 10:00:00`,
        },
        {
            content: "Log the rest",
            trigger: "button[name='action_log']",
            run: "click",
        },
        {
            content: "Everything is entered: the list is empty",
            trigger: `.o_list_view:not(:has(${row("Tour Bea")}))`,
        },
    ],
});

registry.category("web_tour.tours").add("salon_history_tour", {
    url: "/odoo/salon-clients",
    steps: () => [
        {
            content: "Look the client up",
            trigger: ".o_searchview_input",
            run: "edit Tour Anna",
        },
        {
            content: "By her name",
            trigger: ".o_searchview_autocomplete .o-dropdown-item:first",
            run: "click",
        },
        {
            content: "Open her card",
            trigger: ".o_facet_values:contains('Tour Anna')",
        },
        {
            content: "There she is",
            trigger: ".o_data_row td[name='name']:contains('Tour Anna')",
            run: "click",
        },
        {
            content: "The card tells what happened last",
            trigger:
                "div[name='salon_newest_event_ids'] td[name='summary']:contains('Call: No answer')",
        },
        {
            content: "All of it is one click away",
            trigger: "button[name='action_open_salon_events']",
            run: "click",
        },
        {
            content: "Calls, visits and consents in one line of time",
            trigger:
                ".o_salon_timeline:contains('Call: No answer'):contains('Visit: Tour root touch-up'):contains('Agreed')",
        },
    ],
});
