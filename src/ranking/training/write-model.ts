// DATA/models: the model, the one before it, and the report of each. Whoever reads a model sees the old one or the new one, whole.
import { copyFileSync, existsSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorMessage, makeDirectory } from '../../kernel/index.js';
import { modelPath } from '../model/read-model.js';
import { loadReportPages } from '../report/pages.js';
import { ModelWriteError } from './errors.js';
import type { TrainedModel } from './train-model.js';

export interface ModelPaths {
  readonly model: string;
  /** The model that served before. */
  readonly previous: string;
  readonly report: string;
  readonly page: string;
}

export function modelPaths(dataDir: string, model: string): ModelPaths {
  const path = modelPath(dataDir, model);
  const at = (ending: string): string => join(dirname(path), `${model}.${ending}`);
  return {
    model: path,
    previous: at('previous.json'),
    report: at('report.json'),
    page: at('report.html'),
  };
}

/** @throws ModelWriteError; the model that was there before then still is */
export async function writeModel(dataDir: string, { file, report }: TrainedModel): Promise<ModelPaths> {
  const paths = modelPaths(dataDir, file.model);
  const { modelReportHtml } = await loadReportPages();
  const written: readonly (readonly [string, string])[] = [
    [paths.report, json(report)],
    [paths.page, modelReportHtml(report)],
    [paths.model, json(file)],
  ];
  let at = paths.model;
  try {
    makeDirectory(dirname(paths.model));
    if (existsSync(paths.model)) {
      at = paths.previous;
      copyFileSync(paths.model, temporary(at));
      renameSync(temporary(at), at);
    }
    for (const [path, content] of written) {
      at = path;
      writeFileSync(temporary(path), content);
      renameSync(temporary(path), path);
    }
  } catch (error) {
    throw new ModelWriteError(at, errorMessage(error), error);
  }
  return paths;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

const temporary = (path: string): string => `${path}.new`;
