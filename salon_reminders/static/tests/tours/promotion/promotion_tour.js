import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const DESK = ".o_salon_desk";
const row = (name) => `.o_salon_promotion:contains('${name}')`;
const onDesk = (key, content) => ({
    content,
    trigger: `${DESK} .o_salon_queue`,
    run: `press ${key}`,
});

tours.add("salon_promotion_desk_tour", {
    url: "/odoo/salon-desk",
    steps: () => [
        {
            content: "Anna is to be called",
            trigger: `${DESK} .o_salon_selected:contains('Promo Anna')`,
        },
        onDesk("Enter", "Open her call"),
        {
            content: "Two promotions are open to her; the keys are about the first one",
            trigger: `${DESK} .o_salon_promotion_current${row("Try our nails")}`,
        },
        onDesk("Shift+o", "She was offered it"),
        {
            content: "and has not said anything yet",
            trigger: `${DESK} ${row("Try our nails")} .o_salon_promotion_offered.btn-primary`,
        },
        onDesk("Shift+i", "She is interested"),
        {
            content: "That stands out",
            trigger: `${DESK} ${row("Try our nails")} .o_salon_promotion_interested.btn-primary`,
        },
        onDesk("Shift+p", "To the next one"),
        {
            content: "It is marked",
            trigger: `${DESK} .o_salon_promotion_current${row("Ten off")}`,
        },
        onDesk("Shift+d", "That she declines"),
        {
            content: "It is not shown any more",
            trigger: `${DESK} .o_salon_desk_promotions:not(:contains('Ten off'))`,
        },
    ],
});

tours.add("salon_promotion_visit_tour", {
    steps: () => [
        {
            content: "The gift is open to her on this visit",
            trigger: `.o_salon_visit_promotions ${row("Try our nails")} .o_salon_promotion_use:enabled`,
            run: "click",
        },
        {
            content: "It is used",
            trigger: ".o_salon_visit_promotions:contains('Uses Try our nails')",
        },
        {
            content: "and put on the visit",
            trigger: ".o_field_x2many .o_data_row:contains('Promo manicure')",
        },
    ],
});

tours.add("salon_promotion_client_tour", {
    steps: () => [
        {
            content: "Her card tells of both",
            trigger:
                ".o_salon_card_promotions:contains('Try our nails'):contains('Declined')",
        },
        {
            content: "Open all of them",
            trigger: "button[name='action_open_salon_participations']",
            run: "click",
        },
        {
            content: "The gift is used, the other one declined",
            trigger:
                ".o_list_view .o_data_row:contains('Try our nails'):contains('Used')",
        },
    ],
});

tours.add("salon_promotion_start_tour", {
    steps: () => [
        {
            content: "Start it",
            trigger: "button[name='action_start']",
            run: "click",
        },
        {
            content: "Nobody fits: it asks",
            trigger: ".modal .alert-warning:contains('Nobody fits')",
        },
        {
            content: "All the same",
            trigger: ".modal footer button[name='action_start']",
            run: "click",
        },
        {
            content: "It runs, and can be ended",
            trigger: "body:not(:has(.modal)) button[name='action_end']",
        },
    ],
});
