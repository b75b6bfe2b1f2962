#include "datasets/audio/decoder_versions.h"

#include "datasets/audio/mp3_decoder.h"
#include "datasets/audio/resampler.h"
#include "datasets/audio/sndfile_decoder.h"

namespace culturemert {

DecoderVersions LoadedDecoderVersions() {
  return {SndfileVersion(), Mpg123Version(), SoxrVersion()};
}

}  // namespace culturemert
