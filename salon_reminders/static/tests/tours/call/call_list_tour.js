import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const nextWeek = () => luxon.DateTime.now().plus({days: 7}).toFormat("MM/dd/yyyy");
const row = (client) => `.o_data_row:has(td[name='partner_id']:contains('${client}'))`;

registry.category("web_tour.tours").add("salon_call_list_tour", {
    url: "/odoo",
    steps: () => [
        ...stepUtils.goToAppSteps("salon_reminders.salon_menu_root"),
        {
            content: "Today's list says whom to call, why and on which number",
            trigger: `${row("Tour Anna")}:has(.o_tag:contains('Tour roots')) a[href^='tel:']`,
        },
        {
            content: "Nobody answers: one click on the row",
            trigger: `${row("Tour Anna")} button[name='action_no_answer']`,
            run: "click",
        },
        {
            content:
                "It is logged and she is called again later, the other one is still there",
            trigger: `.o_list_view:not(:has(${row("Tour Anna")}:has(td[name='attempt_count']:contains('0')))) ${row("Tour Bea")}`,
        },
        {
            content: "The other one answers and wants to come",
            trigger: `${row("Tour Bea")} button.btn-primary[name='action_log']`,
            run: "click",
        },
        {
            content: "What to say and what she had last time is filled in",
            trigger:
                ".modal:has(div[name='script']:contains('Tour Bea')) div[name='product_ids'] .o_tag:contains('Tour root touch-up')",
        },
        {
            content: "Choose the time",
            trigger: ".modal div[name='start'] button, .modal div[name='start'] input",
            run: "click",
        },
        {
            content: "In a week",
            trigger: ".modal div[name='start'] input",
            run: `edit ${nextWeek()} 10:00:00`,
        },
        {
            content: "Save the booking",
            trigger: ".modal footer button[name='action_log']",
            run: "click",
        },
        {
            content: "The list is worked off",
            trigger: `body:not(:has(.modal)) .o_list_view:not(:has(${row("Tour Bea")}))`,
        },
    ],
});
