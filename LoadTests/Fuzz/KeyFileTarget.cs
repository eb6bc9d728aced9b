using AkkaPrivacy.Hosting.Keys;

namespace AkkaPrivacy.LoadTests.Fuzz;

/// <summary>Key files, by way of a file of their own.</summary>
internal static class KeyFileTarget
{
    public static Func<byte[], bool> Start()
    {
        var path = Path.Combine(FuzzFolder.New(), "key");
        File.WriteAllBytes(path, []);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return input =>
        {
            File.WriteAllBytes(path, input);
            try
            {
                KeyFile.Read(path, allowGroupRead: false, stackalloc byte[KeyFile.KeyBytes]);
                return true;
            }
            catch (KeyFileException)
            {
                return false;
            }
        };
    }
}
