// Records for tests: a small one with every field in use, and one as large as
// those of a real study.

#ifndef CULTUREMERT_TESTS_EXPERIMENTS_RECORDS_SAMPLE_RECORD_H_
#define CULTUREMERT_TESTS_EXPERIMENTS_RECORDS_SAMPLE_RECORD_H_

#include "experiments/records/predictions.h"
#include "experiments/records/record.h"

namespace culturemert {

// Two models, one dataset of three recordings and three tags (the last one is
// undefined), two seeds. No predictions yet.
Record SampleRecord();

// Those that fit SampleRecord.
DatasetPredictions SamplePredictions();

// Six datasets, four models, five seeds, fifty tags, three metrics by tag.
Record LargeRecord();

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_EXPERIMENTS_RECORDS_SAMPLE_RECORD_H_
