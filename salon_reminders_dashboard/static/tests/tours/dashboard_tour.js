import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const getDashboard = () =>
    odoo.__WOWL_DEBUG__.root.env.services.spreadsheet_dashboard_loader.getActiveDashboard();

/** Wait until nothing is loading, then look at every cell of every sheet. */
async function checkCells() {
    const {model} = getDashboard();
    const {getters} = model;
    const cells = () =>
        getters
            .getSheetIds()
            .flatMap((sheetId) => Object.values(getters.getEvaluatedCells(sheetId)));
    const isBusy = () => cells().some(({value}) => value === "Loading...");
    for (let tries = 0; tries < 100 && isBusy(); tries++) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        model.dispatch("EVALUATE_CELLS");
    }
    const wrong = cells().filter(({type}) => type === "error");
    if (isBusy() || wrong.length) {
        const texts = wrong.map(({message, value}) => `${value}: ${message}`);
        throw new Error(`Cells without a figure: ${texts.join("; ")}`);
    }
    if (!cells().some(({type, value}) => type === "number" && value > 0)) {
        throw new Error("The dashboard shows no figure.");
    }
}

registry.category("web_tour.tours").add("salon_dashboard_tour", {
    url: "/odoo",
    steps: () => [
        ...stepUtils.goToAppSteps("salon_reminders.salon_menu_root"),
        {
            content: "Open the menu of the reports",
            trigger: "[data-menu-xmlid='salon_reminders.salon_menu_reporting']",
            run: "click",
        },
        {
            content: "Choose the dashboard",
            trigger:
                "[data-menu-xmlid='salon_reminders_dashboard.salon_dashboard_menu']",
            run: "click",
        },
        {content: "Charts are drawn", trigger: ".o-spreadsheet .o-chart-container"},
        {content: "Every cell has its figure", trigger: "body", run: checkCells},
    ],
});

registry.category("web_tour.tours").add("salon_dashboard_from_start_tour", {
    url: "/odoo",
    steps: () => [
        ...stepUtils.goToAppSteps("salon_reminders.salon_menu_root"),
        {
            content: "The start page leads to the dashboard",
            trigger: ".o_salon_start_buttons button:contains('Dashboard')",
            run: "click",
        },
        {content: "Charts are drawn", trigger: ".o-spreadsheet .o-chart-container"},
    ],
});
