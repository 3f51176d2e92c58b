// Propensities of offers whose model is ONNX: features out of DuckDB in columns, scores back in as a table.
import { BIGINT, DOUBLE } from '@duckdb/node-api';
import type { DuckDBDataChunk } from '@duckdb/node-api';
import type { RankingDatabase } from '../database.js';
import type { PlannedOffer, RankingPlan } from '../plan/ranking-plan.js';
import { OnnxModel } from '../propensity/onnx-model.js';
import { list, name } from '../sql.js';

interface OpenModel {
  readonly offer: PlannedOffer;
  readonly features: readonly string[];
  readonly model: OnnxModel;
}

export class OnnxScores {
  readonly #database: RankingDatabase;
  readonly #models: readonly OpenModel[];

  private constructor(database: RankingDatabase, models: readonly OpenModel[]) {
    this.#database = database;
    this.#models = models;
  }

  /** Undefined when no offer has such a model. @throws what OnnxModel.open throws */
  static async open(plan: RankingPlan, database: RankingDatabase): Promise<OnnxScores | undefined> {
    const models: OpenModel[] = [];
    for (const offer of plan.offers) {
      const { propensity } = offer;
      if (propensity.kind !== 'onnx') continue;
      const { features, file, model } = propensity;
      models.push({
        offer,
        features,
        model: await OnnxModel.open({ model, file, features: features.length }),
      });
    }
    return models.length === 0 ? undefined : new OnnxScores(database, models);
  }

  /** Makes `onnx_scores` for the rows of `base`: `_cid` and `_onnx_INDEX` for each such offer. */
  async score(): Promise<void> {
    const columns = this.#models.map(({ offer }) => `_onnx_${offer.index} DOUBLE`);
    await this.#database.run('onnx', `CREATE OR REPLACE TABLE onnx_scores (_cid BIGINT, ${list(columns)})`);
    const features = [...new Set(this.#models.flatMap((one) => one.features))];
    const selected = features.map((feature) => `${name(feature)}::FLOAT`);
    const rows = `SELECT ${list(['_cid', ...selected])} FROM base`;
    await this.#database.append('onnx', 'onnx_scores', async (appender) => {
      for await (const chunk of this.#database.chunks('onnx', rows)) {
        const scores = await this.#scoresOf(chunk, features);
        const cids = chunk.getColumnValues(0);
        for (let row = 0; row < chunk.rowCount; row++) {
          appender.appendValue(cids[row] as bigint, BIGINT);
          for (const one of scores) appender.appendValue(one[row] ?? 0, DOUBLE);
          appender.endRow();
        }
      }
    });
  }

  /** One array a model. */
  async #scoresOf(chunk: DuckDBDataChunk, features: readonly string[]): Promise<readonly Float64Array[]> {
    const inputs = new Map(
      features.map((feature, index) => [feature, floats(chunk.getColumnValues(index + 1))] as const),
    );
    const scores: Float64Array[] = [];
    for (const { model, features: mine } of this.#models) {
      const columns = mine.flatMap((feature) => inputs.get(feature) ?? []);
      scores.push(await model.score(columns, chunk.rowCount));
    }
    return scores;
  }

  async close(): Promise<void> {
    for (const { model } of this.#models) await model.close();
  }
}

function floats(values: readonly unknown[]): Float32Array {
  return Float32Array.from(values, (value) => (value === null ? NaN : Number(value)));
}
