import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const BODY = "div[name='body'] textarea";
const PREVIEW = "div[name='preview']";

registry.category("web_tour.tours").add("salon_call_script_tour", {
    url: "/odoo/salon-call-scripts",
    steps: () => [
        {
            content: "The scripts are listed by kind of call",
            trigger: ".o_data_row td[name='body']:contains('Tour script')",
            run: "click",
        },
        {
            content: "It is tried on a real client",
            trigger: `${PREVIEW}:contains('Tour script for Tour Anna.')`,
        },
        {
            content: "Type; nothing is left and nothing is saved",
            trigger: BODY,
            run: "edit Dear {client}, <b>today</b>",
        },
        {
            content: "The preview follows, and shows text as text",
            trigger: `.o_form_dirty ${PREVIEW}:contains('Dear Tour Anna, <b>today</b>'), .o_form_button_save:visible`,
        },
        {
            content: "What was typed stands in the preview",
            trigger: `${PREVIEW}:contains('Dear Tour Anna, <b>today</b>')`,
        },
        {
            content: "A slip of the finger",
            trigger: BODY,
            run: "edit Dear {klient}",
        },
        {
            content: "The wrong placeholder is named at once",
            trigger: "div[name='problem']:contains('{klient}'):contains('{client}')",
        },
        {
            content: "Saving is refused",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "With the same words",
            trigger: ".modal .modal-body:contains('{klient}')",
        },
        {
            content: "Back to the text",
            trigger: ".modal footer button",
            run: "click",
        },
        {
            content: "Empty it",
            trigger: `body:not(:has(.modal)) ${BODY}`,
            run: "edit Hello",
        },
        {
            content: "A click puts a placeholder in",
            trigger: ".o_salon_placeholders button:contains('{client}')",
            run: "click",
        },
        {
            content: "The preview shows her name",
            trigger: `${PREVIEW}:contains('Hello'):contains('Tour Anna')`,
        },
        ...stepUtils.saveForm(),
    ],
});
