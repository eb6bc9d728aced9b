using System.Runtime.InteropServices;

namespace AkkaPrivacy.Tests.Operators.Tokenize;

/// <summary>
/// A page of memory that is followed by one which must not be read, so that an over-read ends the test run. On
/// systems without <c>mmap</c> the bytes are ordinary memory and only results are checked.
/// </summary>
internal sealed unsafe class GuardedPage : IDisposable
{
    private const int ReadWrite = 3;
    private const int None = 0;
    private const int PrivateAnonymous = 0x22;

    private readonly byte* _start;
    private readonly int _size = Environment.SystemPageSize;
    private readonly byte[] _ordinary = [];

    public GuardedPage()
    {
        if (!OperatingSystem.IsLinux())
        {
            _ordinary = new byte[_size];
            return;
        }

        nint mapped = Map(0, (nuint)(2 * _size), ReadWrite, PrivateAnonymous, -1, 0);
        if (mapped == -1 || Protect(mapped + _size, (nuint)_size, None) != 0)
        {
            throw new InvalidOperationException("The guarded page could not be set up.");
        }

        _start = (byte*)mapped;
    }

    public Span<byte> LastBytes(int length) =>
        _start == null ? _ordinary.AsSpan(_size - length) : new Span<byte>(_start + _size - length, length);

    public void Dispose()
    {
        if (_start != null && Unmap((nint)_start, (nuint)(2 * _size)) != 0)
        {
            throw new InvalidOperationException("The guarded page could not be released.");
        }
    }

    [DllImport("libc", EntryPoint = "mmap")]
    private static extern nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [DllImport("libc", EntryPoint = "mprotect")]
    private static extern int Protect(nint address, nuint length, int protection);

    [DllImport("libc", EntryPoint = "munmap")]
    private static extern int Unmap(nint address, nuint length);
}
