using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Hosting.Keys;

/// <summary>Reads and makes files that hold a key of 32 bytes as one line of 64 hexadecimal digits.</summary>
internal static partial class KeyFile
{
    /// <summary>Bytes of a key.</summary>
    public const int KeyBytes = 32;

    // A file of the right form has at most 66 bytes: 64 digits and a line ending. One more is read to notice a longer one.
    private const int MostBytes = (2 * KeyBytes) + 2;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads a key.</summary>
    /// <param name="path">The file.</param>
    /// <param name="allowGroupRead">Whether the file's group may read it too.</param>
    /// <param name="key">Receives 32 bytes.</param>
    /// <exception cref="KeyFileException">The file is missing, unreadable, open to others or of another form.</exception>
    public static void Read(string path, bool allowGroupRead, Span<byte> key)
    {
        Span<byte> text = stackalloc byte[MostBytes + 1];
        try
        {
            using var handle = File.OpenHandle(path);
            CheckMode(path, handle, allowGroupRead);
            var length = RandomAccess.Read(handle, text, 0);
            Decode(path, text[..length].TrimEnd("\r\n"u8), key);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, exception);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    /// <summary>Makes a file with a new key. It appears whole or not at all, and an existing file stays as it is.</summary>
    /// <param name="path">The file.</param>
    /// <param name="randomness">Where the key is drawn from.</param>
    /// <exception cref="KeyFileException">The file cannot be made.</exception>
    public static void Create(string path, IRandomSource randomness)
    {
        Span<byte> name = stackalloc byte[8];
        randomness.Fill(name);
        var temporary = $"{path}.{Convert.ToHexStringLower(name)}.tmp";
        try
        {
            CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            WriteThenPublish(temporary, path, randomness);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new KeyFileException(
                $"Key file '{path}' cannot be made: {exception.Message} No key is in use; make its directory writable, or make the file yourself.",
                exception);
        }
    }

    private static void CheckMode(string path, Microsoft.Win32.SafeHandles.SafeFileHandle handle, bool allowGroupRead)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var allowed = OwnerOnly | UnixFileMode.UserExecute | (allowGroupRead ? UnixFileMode.GroupRead : UnixFileMode.None);
        var mode = File.GetUnixFileMode(handle);
        if ((mode & ~allowed) != 0)
        {
            throw new KeyFileException(
                $"Key file '{path}' is open to others (mode {Convert.ToString((int)mode, 8)}). It was not used: run 'chmod 600 {path}', and consider the key known if the machine has other users.");
        }
    }

    private static void Decode(string path, ReadOnlySpan<byte> digits, Span<byte> key)
    {
        var status = digits.Length == 2 * KeyBytes
            ? Convert.FromHexString(digits, key, out _, out _)
            : OperationStatus.InvalidData;
        if (status != OperationStatus.Done)
        {
            CryptographicOperations.ZeroMemory(key);
            throw new KeyFileException(
                $"Key file '{path}' is not of the right form: expected is one line of {2 * KeyBytes} hexadecimal digits ({KeyBytes} bytes), {Found(digits.Length)}. Restore it from a backup; a new key makes new tokens, and stored state of the old ones is refused.");
        }
    }

    private static string Found(int length) => length switch
    {
        2 * KeyBytes => "and there is a character that is none",
        > MostBytes => "and the file is longer",
        _ => $"and there are {length} characters",
    };

    private static void CreateDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
            return;
        }

        Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);
    }

    private static void WriteThenPublish(string temporary, string path, IRandomSource randomness)
    {
        try
        {
            Write(temporary, randomness);
            Publish(temporary, path);
        }
        finally
        {
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }
        }
    }

    private static void Write(string path, IRandomSource randomness)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        Span<byte> line = stackalloc byte[(2 * KeyBytes) + 1];
        try
        {
            randomness.Fill(key);
            Convert.TryToHexStringLower(key, line, out _);
            line[^1] = (byte)'\n';
            using var stream = new FileStream(path, CreateNew());
            stream.Write(line);
            stream.Flush(flushToDisk: true);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(line);
        }
    }

    private static FileStreamOptions CreateNew()
    {
        // No buffer: it would keep a copy of the key.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return options;
    }

    // A hard link fails where the name is taken, in one step. File.Move first looks and then renames, so that of two
    // processes the second could replace the first one's key after it was used. Either way the temporary name goes.
    private static void Publish(string temporary, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            MoveUnlessTaken(temporary, path);
        }
        else if (Link(temporary, path) != 0 && !File.Exists(path))
        {
            throw new IOException($"its name cannot be given (error {Marshal.GetLastPInvokeError()}: {Marshal.GetLastPInvokeErrorMessage()}).");
        }
    }

    private static void MoveUnlessTaken(string temporary, string path)
    {
        try
        {
            File.Move(temporary, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was first. Its key is the one in force; this one was never used and is deleted.
        }
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string name);

    private static KeyFileException Unreadable(string path, Exception exception) => new(
        exception is FileNotFoundException or DirectoryNotFoundException
            ? $"There is no key file '{path}'. Restore it, or allow it to be made where tokens of earlier runs do not matter."
            : $"Key file '{path}' cannot be read: {exception.Message} Make it readable for the user of this process, and for no one else.",
        exception);
}
