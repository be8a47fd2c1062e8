import {KeepLast} from "@web/core/utils/concurrency";
import {Model} from "@web/model/model";
import {_t} from "@web/core/l10n/translation";

/**
 * Shares by group. A measure is 1, 0 or nothing for each record; nothing means that it
 * is not yet known, and such records are left out of the share.
 */
export class SalonCohortModel extends Model {
    setup(params) {
        this.archInfo = params.archInfo;
        this.fields = params.fields;
        this.resModel = params.resModel;
        this.keepLast = new KeepLast();
        this.rows = [];
        this.total = null;
    }

    async load({context, domain, groupBy}) {
        const {measures, defaultGroupBy} = this.archInfo;
        this.groupBy = groupBy.length ? groupBy[0] : defaultGroupBy;
        const aggregates = measures.flatMap((name) => [`${name}:sum`, `${name}:count`]);
        const groups = await this.keepLast.add(
            this.orm.formattedReadGroup(
                this.resModel,
                domain,
                [this.groupBy],
                ["__count", ...aggregates],
                {context}
            )
        );
        this.rows = groups.map((group) => this.getRow(group));
        if (this.field.type === "date") {
            this.rows.reverse();
        } else {
            this.rows.sort((a, b) => b.count - a.count);
        }
        this.total = this.getTotal(domain);
        this.notify();
    }

    hasData() {
        return this.rows.length > 0;
    }

    get field() {
        return this.fields[this.groupBy.split(":")[0]];
    }

    getRow(group) {
        return {
            label: this.getLabel(group[this.groupBy]),
            domain: group.__domain,
            count: group.__count,
            cells: this.archInfo.measures.map((name) =>
                this.getCell(
                    name,
                    group.__count,
                    group[`${name}:count`],
                    group[`${name}:sum`] || 0
                )
            ),
        };
    }

    getCell(name, count, known, back) {
        return {name, count, known, back, share: known ? back / known : null};
    }

    getTotal(domain) {
        const sum = (values) => values.reduce((a, b) => a + b, 0);
        const count = sum(this.rows.map((row) => row.count));
        const cells = this.archInfo.measures.map((name, index) => {
            const cellsOfRows = this.rows.map((row) => row.cells[index]);
            const known = sum(cellsOfRows.map((cell) => cell.known));
            const back = sum(cellsOfRows.map((cell) => cell.back));
            return this.getCell(name, count, known, back);
        });
        return {label: _t("All"), domain, count, cells};
    }

    getLabel(value) {
        if (value === false || value === null) {
            return _t("None");
        }
        if (this.field.type === "selection") {
            return Object.fromEntries(this.field.selection)[value];
        }
        return Array.isArray(value) ? value[1] : String(value);
    }
}
