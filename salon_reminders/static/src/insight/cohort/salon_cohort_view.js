import {SalonCohortController} from "./salon_cohort_controller";
import {SalonCohortModel} from "./salon_cohort_model";
import {registry} from "@web/core/registry";

export const salonCohortView = {
    type: "salon_cohort",
    Controller: SalonCohortController,
    Model: SalonCohortModel,
    searchMenuTypes: ["filter", "groupBy", "favorite"],

    props: (genericProps, view) => {
        const fields = [...genericProps.arch.querySelectorAll("field")];
        return {
            ...genericProps,
            Model: view.Model,
            archInfo: {
                defaultGroupBy: genericProps.arch.getAttribute("group_by"),
                measures: fields.map((field) => field.getAttribute("name")),
            },
        };
    },
};

registry.category("views").add("salon_cohort", salonCohortView);
