using AkkaPrivacy.Engine.Ports;
using Microsoft.Win32.SafeHandles;

namespace AkkaPrivacy.Connectors.Files.Compression;

/// <summary>The plain bytes of one file, from a position on.</summary>
internal abstract class FileBytes : IDisposable
{
    /// <summary>Opens the bytes of a file.</summary>
    /// <param name="file">The file; closed with the result.</param>
    /// <param name="path">Its path.</param>
    /// <param name="compression">How it is compressed.</param>
    /// <param name="offset">The plain byte to start with.</param>
    /// <returns>The bytes.</returns>
    /// <exception cref="SourceException">The compressed file is damaged or ends before the offset.</exception>
    public static FileBytes Open(SafeFileHandle file, string path, FileCompression compression, long offset) =>
        compression == FileCompression.None ? new PlainBytes(file, offset) : new CompressedBytes(file, path, compression, offset);

    /// <summary>Reads what fits.</summary>
    /// <param name="room">Where to.</param>
    /// <param name="stored">Bytes of the file that were consumed for it.</param>
    /// <returns>Bytes read; 0 at the end.</returns>
    public abstract int Read(Span<byte> room, out long stored);

    /// <inheritdoc />
    public abstract void Dispose();

    private sealed class PlainBytes(SafeFileHandle file, long offset) : FileBytes
    {
        private long _offset = offset;

        public override int Read(Span<byte> room, out long stored)
        {
            var count = RandomAccess.Read(file, room, _offset);
            _offset += count;
            stored = count;
            return count;
        }

        public override void Dispose() => file.Dispose();
    }

    private sealed class CompressedBytes : FileBytes
    {
        private const int BufferBytes = 64 * 1024;
        private readonly FileStream _file;
        private readonly Stream _plain;
        private readonly string _path;
        private long _offset;
        private long _reported;

        public CompressedBytes(SafeFileHandle file, string path, FileCompression compression, long offset)
        {
            _path = path;
            _file = new FileStream(file, FileAccess.Read, BufferBytes);
            _plain = Decompression.Open(_file, compression);
            try
            {
                Skip(offset);
            }
            catch
            {
                _plain.Dispose();
                throw;
            }
        }

        public override int Read(Span<byte> room, out long stored)
        {
            try
            {
                var count = _plain.Read(room);
                _offset += count;
                (stored, _reported) = (_file.Position - _reported, _file.Position);
                return count;
            }
            catch (Exception exception) when (Decompression.IsDamage(exception))
            {
                throw new SourceException($"'{_path}' cannot be decompressed behind its plain byte {_offset}: it is damaged, cut off or compressed in another way. What was read before is valid.", exception);
            }
        }

        public override void Dispose() => _plain.Dispose();

        // There is no way into the middle of a compressed file, so what was read before is decompressed once more.
        private void Skip(long offset)
        {
            var buffer = new byte[BufferBytes];
            while (_offset < offset)
            {
                if (Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, offset - _offset)), out _) == 0)
                {
                    throw new SourceException($"'{_path}' was read up to plain byte {offset} but now holds {_offset}. Nothing was read; restore the file or start anew.");
                }
            }
        }
    }
}
