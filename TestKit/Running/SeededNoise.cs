using System.Buffers.Binary;
using System.Security.Cryptography;
using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.TestKit.Running;

/// <summary>Randomness that a seed determines: SHA-256 of the seed and a counter. Whoever knows the seed can take the noise
/// off, so it is internal: only a test can run with it.</summary>
/// <param name="seed">The seed.</param>
internal sealed class SeededNoise(ulong seed) : IRandomSource
{
    private readonly Lock _lock = new();
    private readonly byte[] _block = new byte[SHA256.HashSizeInBytes];
    private int _used = SHA256.HashSizeInBytes;
    private ulong _counter;

    public void Fill(Span<byte> destination)
    {
        lock (_lock)
        {
            while (!destination.IsEmpty)
            {
                if (_used == _block.Length)
                {
                    NextBlock();
                }

                var count = Math.Min(destination.Length, _block.Length - _used);
                _block.AsSpan(_used, count).CopyTo(destination);
                destination = destination[count..];
                _used += count;
            }
        }
    }

    private void NextBlock()
    {
        Span<byte> input = stackalloc byte[2 * sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(input, seed);
        BinaryPrimitives.WriteUInt64LittleEndian(input[sizeof(ulong)..], _counter++);
        SHA256.HashData(input, _block);
        _used = 0;
    }
}
