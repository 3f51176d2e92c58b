// The trained model that the settings name, from the data directory.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelSettings } from '../../config/index.js';
import { errorCode, errorMessage } from '../../kernel/index.js';
import { ModelError } from '../errors.js';
import type { ModelFile } from './logistic-model.js';
import { parseModelFile } from './model-file.js';

/** Where `proffer train` writes a model. */
export function modelPath(dataDir: string, model: string): string {
  return join(dataDir, 'models', `${model}.json`);
}

/** @throws ModelError when it was never trained, or its file cannot be read or is none */
export function readModel(dataDir: string, settings: Pick<ModelSettings, 'model' | 'partner'>): ModelFile {
  const { model, partner } = settings;
  const file = modelPath(dataDir, model);
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      throw new ModelError(model, `there is no ${file}; train it first: proffer train ${model}`, error);
    }
    throw new ModelError(model, `${file} cannot be read: ${errorMessage(error)}`, error);
  }
  return parseModelFile(content, { file, model, partner });
}
