/* Stands in for NVIDIA's driver on a machine without a card: it says its version, and to all else that there is no device. */
#include <string.h>

enum { SUCCESS = 0, NO_DEVICE = 100, CUDA_13 = 13000 };

static int no_device(void) { return NO_DEVICE; }

int cuInit(unsigned flags) { return NO_DEVICE; }
int cuTensorMapEncodeTiled(void) { return NO_DEVICE; }

int cuDriverGetVersion(int *version) {
  *version = CUDA_13;
  return SUCCESS;
}

/* How the CUDA runtime asks for everything else. */
int cuGetProcAddress_v2(const char *name, void **found, int version, unsigned long long flags, int *status) {
  *found = (void *)no_device;
  if (strcmp(name, "cuDriverGetVersion") == 0) *found = (void *)cuDriverGetVersion;
  if (strncmp(name, "cuGetProcAddress", 16) == 0) *found = (void *)cuGetProcAddress_v2;
  if (status) *status = SUCCESS;
  return SUCCESS;
}
