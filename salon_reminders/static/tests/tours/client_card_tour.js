import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("salon_client_card_tour", {
    url: "/odoo/salon-zone-board",
    steps: () => [
        {
            content: "Who comes often and was never in the zone?",
            trigger: ".o_salon_zone_tile:contains('Tour nails')",
            run: "click",
        },
        {
            content: "Anna is a white spot there, and it says what to offer",
            trigger:
                ".o_salon_zone_row:contains('Tour Anna') .o_salon_zone_offer:contains('Tour manicure')",
            run: "click",
        },
        {
            content: "Her card warns, and shows used and ignored zones",
            trigger:
                ".o_salon_card:has(.alert-danger:contains('Ammonia')):has(.o_salon_zone_chip[data-state='ignored']:contains('Tour nails'))",
        },
        {
            content: "It asks the next question",
            trigger: ".o_salon_card_complete:contains('Ask next')",
        },
        {
            content: "She had the manicure elsewhere and did not like it",
            trigger:
                ".o_salon_card_offers .o_salon_card_row:contains('Tour manicure') .o_salon_offer_bad",
            run: "click",
        },
        {
            content: "It is not offered any more",
            trigger: ".o_salon_card:not(:contains('Tour manicure'))",
        },
    ],
});
