// Records of a whole study for tests, with something for every table, made as
// experiments make them.

#ifndef CULTUREMERT_TESTS_REPORTS_STATISTICS_SAMPLE_STUDY_H_
#define CULTUREMERT_TESTS_REPORTS_STATISTICS_SAMPLE_STUDY_H_

#include <string>
#include <vector>

#include "experiments/records/record.h"
#include "experiments/records/record_store.h"

namespace culturemert {

// One record each of baseline, multicultural_cpt, single_culture_makam,
// task_arithmetic, merging_methods, cpt_variants, data_scaling, layer_probing,
// forgetting and token_similarity; profile "mini", two seeds, sets "makam" and
// "lyra" (non-Western, rendered), "fma" (Western, rendered) and "mtat"
// (Western, real). Rows of the same label have the same weights and scores in
// all of them.
std::vector<Record> SampleStudy();

// The same as if read from "/results/records".
RecordList SampleRecordList();

// A record of models with the same settings of evaluation as SampleStudy's.
// `started` is its timing's start.
Record MakeStudyRecord(const std::string& experiment,
                       const std::vector<std::string>& models,
                       const std::string& started);

// What a model of SampleStudy has on a dataset, by its metric and seed.
double SampleScore(const std::string& model, const std::string& dataset,
                   Metric metric, int seed);

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_REPORTS_STATISTICS_SAMPLE_STUDY_H_
