/* Rust's standard library asks this DLL for random numbers, and wine has it from version 9 on. */
#include <stddef.h>

unsigned char __stdcall SystemFunction036(void *at, unsigned long length);

__declspec(dllexport) int __stdcall ProcessPrng(unsigned char *at, size_t length)
{
    return SystemFunction036(at, (unsigned long)length);
}
