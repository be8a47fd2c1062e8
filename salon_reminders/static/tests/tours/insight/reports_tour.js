import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const GRAPH = ".o_graph_view canvas";
const LIST = ".o_list_view .o_data_row";
// Menu, title of the page, what must be there.
const REPORTS = [
    ["salon_load_menu", "Quiet hours", ".o_salon_heat td"],
    ["salon_visit_menu_reporting", "Visits and money", GRAPH],
    ["salon_visit_report_menu_retail", "Retail", GRAPH],
    ["salon_booking_report_menu", "Cancellations and no-shows", ".o_pivot table"],
    ["salon_client_report_menu", "Clients", GRAPH],
    ["salon_stylist_report_menu", "Stylists", LIST],
    ["salon_source_report_menu", "Sources", LIST],
    ["salon_client_report_menu_recommended", "Recommendations", ".o_pivot table"],
    ["salon_source_cost_menu", "Costs of sources", LIST],
    ["salon_call_menu_reporting", "Calls", GRAPH],
    ["salon_calling_effect_menu", "What calling brings", "[name='called_count']"],
    ["salon_reminder_report_menu", "Reminders", GRAPH],
    ["salon_retention_report_menu", "Retention", "td[data-name='back_90']"],
];
const page = (title, content) =>
    title === "Quiet hours"
        ? `.o_salon_load:has(h4:contains('${title}')) ${content}`
        : `.o_action_manager:has(.o_breadcrumb:contains('${title}')) ${content}`;

const openReport = ([menu, title, content]) => [
    {
        content: "Open the menu of the reports",
        trigger: "[data-menu-xmlid='salon_reminders.salon_menu_reporting']",
        run: "click",
    },
    {
        content: `Choose ${title}`,
        trigger: `.dropdown-item[data-menu-xmlid='salon_reminders.${menu}']`,
        run: "click",
    },
    {content: `${title} is shown`, trigger: page(title, content)},
];

const switchTo = (view, content) => [
    {content: `Switch to ${view}`, trigger: `button.o_${view}`, run: "click"},
    {content: `There is the ${view}`, trigger: content},
];

registry.category("web_tour.tours").add("salon_reports_tour", {
    url: "/odoo",
    steps: () => [
        ...stepUtils.goToAppSteps("salon_reminders.salon_menu_root"),
        ...REPORTS.flatMap(openReport),
        {
            content: "Every share says what it means",
            trigger: ".o_salon_cohort_table th[data-tooltip*='Retention']",
        },
        ...switchTo("graph", GRAPH),
        ...switchTo("pivot", ".o_pivot table"),
        ...switchTo("list", LIST),
        ...switchTo("salon_cohort", "td[data-name='back_90']"),
        {
            content: "A row opens what it counts",
            trigger: ".o_salon_cohort_row:contains('All')",
            run: "click",
        },
        {
            content: "A client of the list opens her card",
            trigger: `${LIST} td[name='partner_id']`,
            run: "click",
        },
        {content: "The card", trigger: ".o_form_view .o_form_sheet"},
        ...openReport(REPORTS.find(([menu]) => menu === "salon_stylist_report_menu")),
        {
            content: "Who left after this stylist",
            trigger: `${LIST} button[name='action_open_left']`,
            run: "click",
        },
        {content: "Her clients", trigger: page("Left after", ".o_data_row")},
    ],
});

// ---- the start page ----

const TILE = (key) => `.o_salon_start_tile[data-key='${key}']`;
const openTile = (key, content) => [
    {content: `Press the tile ${key}`, trigger: TILE(key), run: "click"},
    {content: `What ${key} counts`, trigger: content},
    {
        content: "Back to the start page",
        trigger: "[data-menu-xmlid='salon_reminders.salon_start_page_menu']",
        run: "click",
    },
    {content: "The start page", trigger: TILE("visits")},
];

registry.category("web_tour.tours").add("salon_start_page_tour", {
    url: "/odoo",
    steps: () => [
        ...stepUtils.goToAppSteps("salon_reminders.salon_menu_root"),
        {
            content: "The manager lands on the start page; tiles say what they mean",
            trigger: `${TILE("regular")}[data-tooltip*='Regular and Key']`,
        },
        ...openTile("to_call", page("To call", LIST)),
        ...openTile("visits", page("Visits", ".o_view_controller")),
        ...openTile("regular", page("Regular clients", LIST)),
        ...openTile("money", page("Money this month", ".o_view_controller")),
        {content: "Press the empty hours", trigger: TILE("empty"), run: "click"},
        {content: "The next seven days", trigger: ".o_salon_load select:contains('7')"},
        {
            content: "A zone that good clients ignore",
            trigger: ".o_salon_spots tbody tr",
            run: "click",
        },
        {content: "Her clients", trigger: ".o_salon_zone_tile.active"},
        {
            content: "Back to the start page",
            trigger: "[data-menu-xmlid='salon_reminders.salon_start_page_menu']",
            run: "click",
        },
        {
            content: "The monthly report",
            trigger: ".o_salon_start button:contains('Monthly report')",
            run: "click",
        },
        {content: "Which month", trigger: ".modal button[name='action_show']"},
        {content: "Close", trigger: ".modal .btn-close", run: "click"},
        {content: "Closed", trigger: "body:not(:has(.modal))"},
    ],
});
