// The sampling rate of everything that is rendered.

#ifndef CULTUREMERT_DATASETS_SYNTHESIS_SAMPLE_RATE_H_
#define CULTUREMERT_DATASETS_SYNTHESIS_SAMPLE_RATE_H_

namespace culturemert {

constexpr int kRenderRateHz = 24000;

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SYNTHESIS_SAMPLE_RATE_H_
