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

registry.category("web_tour.tours").add("salon_segments_tour", {
    url: "/odoo/salon-segments",
    steps: () => [
        {
            content: "Who are our key clients?",
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            trigger: ".o_filter_menu .o_menu_item:contains('Key')",
            run: "click",
        },
        {
            content: "Only they are shown, with the fifths they are in",
            trigger:
                ".o_list_view:has(.o_searchview_facet:contains('Key')):not(:has(.o_data_row .badge:contains('Lost'))) .o_data_row:contains('Tour Anna') .o_data_cell",
            run: "click",
        },
        {
            content: "Her card says it, too",
            trigger: ".o_salon_card .o_salon_segment[data-segment='key']",
        },
    ],
});
